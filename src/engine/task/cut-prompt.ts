import type { Completion, CompletionRequest } from '../../core/request.ts';
import type { TextTools } from '../../core/text-tools.ts';
import { bytesOf, countRequest } from './measure.ts';

/** Shorter requests than this fit every window that is in use. */
const SHORTEST_BYTES = 6_000;
/** Bytes a token, up to which no request is looked at closer: prose has 4 to 5 of them. */
const USUAL_BYTES_A_TOKEN = 5.5;
/** Counts of two tokenizers differ by less than this. */
const FAR_BELOW = 0.5;

/**
 * Some servers cut a prompt that is too long and say nothing (Ollama, with `num_ctx` of 2048 to 4096 by default); only
 * the tokens that they report give them away. Returns what was read and what should have been, or undefined.
 */
export async function promptRead(
  tools: TextTools,
  request: CompletionRequest,
  answer: Completion,
): Promise<{ readonly tokens: number; readonly counted: number } | undefined> {
  const tokens = answer.usage.inputTokens;
  if (tokens === undefined || tokens === 0 || answer.from !== undefined) return undefined;
  const bytes = bytesOf(request);
  if (bytes < SHORTEST_BYTES || bytes < tokens * USUAL_BYTES_A_TOKEN) return undefined;
  const counted = await countRequest(tools, request);
  return tokens < counted * FAR_BELOW ? { tokens, counted } : undefined;
}
