import { findProvider } from './find-provider.ts';

export interface NamedModel {
  /** What stands before the first slash; missing where there is none. */
  readonly prefix?: string;
  /** Whether a provider has that name. */
  readonly isKnown: boolean;
  /** What follows it. */
  readonly model: string;
}

/** Takes `groq/llama-3.3-70b` apart. Only the first slash counts: `openrouter/openai/gpt-4o` is `openai/gpt-4o` there. */
export function splitModel(written: string): NamedModel {
  const at = written.indexOf('/');
  if (at === -1) return { isKnown: false, model: written };
  const prefix = written.slice(0, at);
  return { prefix, isKnown: findProvider(prefix) !== undefined, model: written.slice(at + 1) };
}
