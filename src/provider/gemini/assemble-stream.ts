import type { JsonObject } from '../../core/json.ts';
import type { StreamAssembly, StreamWire } from '../stream-wire.ts';
import { type ContentReply, contentReply } from './content-wire.ts';

/**
 * Its API reference, streamGenerateContent: each event is a reply with a part of the text. The reason for the end comes
 * with the last of them; there is no mark after it.
 */
export const contentStream: StreamWire = {
  framing: 'events',
  params: {},
  assemble: () => new ContentAssembly(),
};

type Part = NonNullable<
  NonNullable<NonNullable<ContentReply['candidates']>[number]['content']>['parts']
>[number];

class ContentAssembly implements StreamAssembly {
  readonly isOver = false;
  hasBegun = false;
  tokenPieces = 0;
  #last: ContentReply = {} as ContentReply;
  #usage: ContentReply['usageMetadata'];
  #hasCandidate = false;
  #finish: { finishReason?: string; finishMessage?: string | null | undefined } = {};
  readonly #parts: Part[] = [];

  add(piece: JsonObject): void {
    const wire = contentReply.safeParse(piece);
    if (!wire.success) return;
    this.hasBegun = true;
    const { candidates, usageMetadata, ...rest } = wire.data;
    this.#last = { ...this.#last, ...withoutUnknown(rest) };
    this.#usage = { ...this.#usage, ...withoutUnknown(usageMetadata ?? {}) };
    const candidate = candidates?.[0];
    if (candidate === undefined) return;
    this.#hasCandidate = true;
    const parts = candidate.content?.parts ?? [];
    this.#parts.push(...parts);
    if (parts.some(({ text }) => text)) this.tokenPieces += 1;
    const { finishReason, finishMessage } = candidate;
    if (finishReason) this.#finish = { finishReason, finishMessage };
  }

  get isWhole(): boolean {
    return this.#finish.finishReason !== undefined || this.#last.promptFeedback?.blockReason != null;
  }

  body(): unknown {
    const candidates = this.#hasCandidate
      ? [{ content: { parts: this.#parts }, ...this.#finish }]
      : undefined;
    return { ...this.#last, candidates, usageMetadata: this.#usage };
  }
}

/** Without what a later reply leaves out, so that it does not take the place of what an earlier one told. */
function withoutUnknown<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null)) as Partial<Fields>;
}
