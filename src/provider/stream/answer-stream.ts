import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { AnswerWatch } from '../../core/request.ts';
import { type ErrorContext, excerpt, parseJson, unexpectedReply } from '../classify-error.ts';
import type { BodyTaker, HttpReply } from '../exchange.ts';
import { holdsError } from '../read-json.ts';
import type { StreamAssembly, StreamWire } from '../stream-wire.ts';
import type { FrameReader, Framing } from './framing.ts';

/** One streamed answer, from its bytes to the reply that it would have been unstreamed. */
export class AnswerStream implements BodyTaker {
  readonly #doneMark: string | undefined;
  readonly #assembly: StreamAssembly;
  readonly #frames: FrameReader;
  readonly #watch: AnswerWatch | undefined;
  readonly #decoder = new TextDecoder();
  #isDone = false;
  #hasEnded = false;
  #error: JsonObject | undefined;
  #broken: string | undefined;

  constructor(wire: StreamWire, framing: Framing, watch: AnswerWatch | undefined) {
    this.#doneMark = wire.doneMark;
    this.#assembly = wire.assemble();
    this.#frames = framing((data, name) => this.#takeFrame(data, name));
    this.#watch = watch;
  }

  take(chunk: Buffer): boolean {
    const before = this.#assembly.tokenPieces;
    this.#frames.feed(this.#decoder.decode(chunk, { stream: true }));
    if (this.#assembly.hasBegun) this.#watch?.heard(this.#assembly.tokenPieces > before);
    return this.#isOver;
  }

  get isWhole(): boolean {
    return this.#isDone || this.#assembly.isWhole;
  }

  /**
   * The bytes have ended: the reply that they add up to, which may be an error. Throws a `ProviderError`
   * (`truncated_body`, `invalid_response`) for what adds up to none.
   */
  toReply(reply: HttpReply, context: ErrorContext): HttpReply {
    this.#hasEnded = true;
    if (!this.#isOver) {
      this.#frames.feed(this.#decoder.decode());
      this.#frames.end();
    }
    if (this.#error !== undefined) return withBody(reply, this.#error);
    if (this.#broken !== undefined) {
      const seen = excerpt(this.#broken, undefined, context);
      throw unexpectedReply(
        'invalid_response',
        `a part of the stream is not valid JSON: ${seen}`,
        reply,
        context,
      );
    }
    if (this.isWhole) return withBody(reply, this.#assembly.body());
    const after = this.#assembly.tokenPieces;
    const message = `the stream ended before the answer did (after ${after} ${after === 1 ? 'piece' : 'pieces'} of it)`;
    throw unexpectedReply('truncated_body', message, reply, context);
  }

  get #isOver(): boolean {
    return this.#isDone || this.#assembly.isOver || this.#error !== undefined || this.#broken !== undefined;
  }

  #takeFrame(data: string, name: string | undefined): void {
    if (this.#isOver || data.trim() === '') return;
    if (data.trim() === this.#doneMark) {
      this.#isDone = true;
      return;
    }
    const piece = parseJson(data);
    if (isJsonObject(piece)) {
      if (isError(piece, name)) this.#error = piece;
      else this.#assembly.add(piece);
      return;
    }
    if (piece !== undefined) return;
    if (name === 'error') this.#error = { error: data };
    // What was cut off at the end of the bytes tells nothing but that.
    else if (!this.#hasEnded) this.#broken = data;
  }
}

function isError(piece: JsonObject, name: string | undefined): boolean {
  return name === 'error' || holdsError(piece) || piece.type === 'error' || piece.object === 'error';
}

function withBody(reply: HttpReply, body: unknown): HttpReply {
  return { ...reply, body: Buffer.from(JSON.stringify(body)) };
}
