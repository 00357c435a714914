import type { JsonObject } from '../../core/json.ts';
import type { StreamAssembly, StreamWire } from '../stream-wire.ts';
import { chatAnswer } from './chat-wire.ts';

/** Its API, "Streaming": each line is an answer with a part of the text; the last is `done`, and has the counts. */
export const chatStream: StreamWire = {
  framing: 'lines',
  params: { stream: true },
  assemble: () => new ChatAssembly(),
};

class ChatAssembly implements StreamAssembly {
  hasBegun = false;
  tokenPieces = 0;
  isOver = false;
  #last: JsonObject = {};
  #content = '';
  #thinking = '';

  add(piece: JsonObject): void {
    const wire = chatAnswer.safeParse(piece);
    if (!wire.success) return;
    this.hasBegun = true;
    this.#last = piece;
    const { content, thinking } = wire.data.message;
    this.#content += content ?? '';
    this.#thinking += thinking ?? '';
    if (content || thinking) this.tokenPieces += 1;
    this.isOver = wire.data.done === true;
  }

  get isWhole(): boolean {
    return this.isOver;
  }

  body(): unknown {
    return { ...this.#last, message: { content: this.#content, thinking: this.#thinking } };
  }
}
