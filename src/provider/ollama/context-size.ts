import type { CompletionRequest } from '../../core/request.ts';

/** The server's own default (its FAQ, "How can I specify the context window size?"). */
const LEAST = 4096;
/** What an answer may take where nothing bounds it. */
const USUAL_OUTPUT = 2048;
/** Few tokens are shorter in any script: English has 4 bytes a token, Chinese 3 a character. */
const BYTES_PER_TOKEN = 3;
/** What a chat template puts around a message. */
const TOKENS_AROUND = 16;

/**
 * How large a context window each request asks for, in tokens: `fixed` if given, else a power of two that holds the
 * request and its answer. It never shrinks, since the server loads the model anew for every change.
 */
export function contextSizer(fixed: number | undefined): (request: CompletionRequest) => number {
  if (fixed !== undefined) return () => fixed;
  let size = LEAST;
  return ({ messages, maxOutputTokens = USUAL_OUTPUT }) => {
    const needed = messages.reduce(
      (sum, { content }) => sum + TOKENS_AROUND + Buffer.byteLength(content) / BYTES_PER_TOKEN,
      maxOutputTokens,
    );
    while (size < needed) size *= 2;
    return size;
  };
}
