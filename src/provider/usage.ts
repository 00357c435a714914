import type { Usage } from '../core/request.ts';

/** A count of tokens as reported, or unknown. The parts beside it (cache, thinking) count where they are told. */
export function tokenSum(
  main: number | undefined,
  ...parts: readonly (number | undefined)[]
): number | undefined {
  return main === undefined ? undefined : parts.reduce<number>((sum, part) => sum + (part ?? 0), main);
}

/** What is known of a request's usage; what is missing stays unknown. */
export function usageOf(inputTokens: number | undefined, outputTokens: number | undefined): Usage {
  return {
    ...(inputTokens !== undefined && { inputTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
  };
}
