import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { StreamAssembly, StreamWire } from '../stream-wire.ts';

/** OpenAI API reference, Responses, "Streaming events". */
export const responseStream: StreamWire = {
  framing: 'events',
  params: { stream: true },
  assemble: () => new ResponseAssembly(),
};

/** Events that end a stream; each holds the whole response. */
const ENDS: ReadonlySet<unknown> = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
]);

/** Pieces of what the model writes, refuses and thinks; those that tell of the work on them have other names. */
const DELTA = /^response\.(output_text|refusal|reasoning_text|reasoning_summary_text)\.delta$/;

class ResponseAssembly implements StreamAssembly {
  tokenPieces = 0;
  #response: JsonObject | undefined;
  #text = '';

  add({ type, response, delta }: JsonObject): void {
    if (ENDS.has(type) && isJsonObject(response)) this.#response = response;
    if (typeof type !== 'string' || typeof delta !== 'string' || delta === '' || !DELTA.test(type)) return;
    this.tokenPieces += 1;
    if (type === 'response.output_text.delta') this.#text += delta;
  }

  /** Before the first piece the model may think in silence, after events that say that it works. */
  get hasBegun(): boolean {
    return this.tokenPieces > 0;
  }

  get isWhole(): boolean {
    return this.#response !== undefined;
  }

  get isOver(): boolean {
    return this.isWhole;
  }

  /** Some compatible endpoints leave the output out of the last event. */
  body(): unknown {
    const { output } = this.#response ?? {};
    if ((Array.isArray(output) && output.length > 0) || this.#text === '') return this.#response;
    const content = [{ type: 'output_text', text: this.#text }];
    return { ...this.#response, output: [{ type: 'message', content }] };
  }
}
