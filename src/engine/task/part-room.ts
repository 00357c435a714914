import { AppError } from '../../core/errors.ts';
import type { CompletionRequest } from '../../core/request.ts';
import type { LongTextJob } from './long-text.ts';
import { countRequest, roomIn } from './measure.ts';

/** Fewer tokens than this for a part of a text are no use. */
const LEAST = 16;

/**
 * Tokens that a part of the text may take in a request that is, without it, `empty`: what the window leaves beside
 * the prompt and the answer, and no more than `most`. Throws `context_too_long` where that is nearly nothing.
 */
export async function partRoom(
  { tools, window }: LongTextJob,
  empty: CompletionRequest,
  most = Number.POSITIVE_INFINITY,
): Promise<number> {
  const size = window.tokens;
  if (size === undefined) return Math.max(LEAST, most);
  const overhead = await countRequest(tools, empty);
  const room = Math.floor(roomIn(size, empty) - overhead);
  if (room < LEAST) {
    const message = `a context window of ${size} tokens has no room for a text beside the prompt (${overhead} tokens) and the answer`;
    throw new AppError('context_too_long', message, {
      hint: 'shorten the prompt, lower --max-output-tokens or raise --context',
    });
  }
  return Math.min(room, Math.max(LEAST, most));
}
