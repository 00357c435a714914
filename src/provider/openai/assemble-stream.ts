import { z } from 'zod';
import type { JsonObject } from '../../core/json.ts';
import type { StreamAssembly, StreamWire } from '../stream-wire.ts';
import { text } from '../wire-fields.ts';
import { contentText, messageContent } from './openai-wire.ts';

const delta = z
  .object({
    content: messageContent.catch(undefined),
    refusal: text,
    reasoning_content: text,
    reasoning: text,
  })
  .nullish()
  .catch(undefined);

const choice = z.object({
  index: z.number().optional().catch(undefined),
  delta,
  finish_reason: text,
  error: z.unknown().optional(),
});

/** A chunk of a streamed chat completion, as far as it is read. */
const chunk = z.object({
  model: text,
  choices: z.array(choice).nullish().catch(undefined),
  usage: z.unknown().optional(),
});

type ChatChunkChoice = z.infer<typeof choice>;

/**
 * Chunks of chat completions (OpenAI API reference, "Streaming"). Some endpoints send no `[DONE]`, some no finish reason:
 * either ends an answer. The usage comes once in a chunk of its own, or grows from chunk to chunk.
 */
export const chatStream: StreamWire = {
  framing: 'events',
  params: { stream: true },
  extra: { stream_options: { include_usage: true } },
  doneMark: '[DONE]',
  assemble: () => new ChatAssembly(),
};

class ChatAssembly implements StreamAssembly {
  readonly isOver = false;
  hasBegun = false;
  tokenPieces = 0;
  #model: string | undefined;
  #usage: unknown;
  #finishReason: string | undefined;
  #error: unknown;
  #hasChoice = false;
  #content = '';
  #refusal = '';
  #reasoning = '';

  add(piece: JsonObject): void {
    const wire = chunk.safeParse(piece);
    if (!wire.success) return;
    const { model, choices, usage } = wire.data;
    this.hasBegun = true;
    if (model) this.#model = model;
    if (usage) this.#usage = usage;
    const first = choices?.find(({ index = 0 }) => index === 0);
    if (first !== undefined) this.#addChoice(first);
  }

  get isWhole(): boolean {
    return this.#finishReason !== undefined;
  }

  body(): unknown {
    const message = {
      content: this.#content,
      refusal: this.#refusal || null,
      ...(this.#reasoning !== '' && { reasoning_content: this.#reasoning }),
    };
    const answer = { message, finish_reason: this.#finishReason, error: this.#error };
    return { model: this.#model, choices: this.#hasChoice ? [answer] : [], usage: this.#usage };
  }

  #addChoice({ delta: told, finish_reason, error }: ChatChunkChoice): void {
    this.#hasChoice = true;
    if (finish_reason) this.#finishReason = finish_reason;
    if (error !== undefined) this.#error = error;
    const content = contentText(told?.content);
    const refusal = told?.refusal ?? '';
    const reasoning = told?.reasoning_content ?? told?.reasoning ?? '';
    this.#content += content;
    this.#refusal += refusal;
    this.#reasoning += reasoning;
    if (content + refusal + reasoning !== '') this.tokenPieces += 1;
  }
}
