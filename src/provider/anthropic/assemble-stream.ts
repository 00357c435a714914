import { z } from 'zod';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { parseJson } from '../classify-error.ts';
import type { StreamAssembly, StreamWire } from '../stream-wire.ts';
import { text } from '../wire-fields.ts';

/** Its documentation, "Streaming messages". Events of other types (`ping`) are passed over, as it asks for. */
export const messageStream: StreamWire = {
  framing: 'events',
  params: { stream: true },
  assemble: () => new MessageAssembly(),
};

const fields = z.record(z.string(), z.unknown()).nullish().catch(undefined);

const event = z.object({
  type: z.string(),
  index: z.number().optional().catch(undefined),
  message: fields,
  content_block: fields,
  delta: z.object({ text, thinking: text, partial_json: text, stop_reason: text }).nullish().catch(undefined),
  usage: fields,
});

type StreamEvent = z.infer<typeof event>;

/** A block of the content, and what has come of it. */
interface Block {
  readonly begun: Readonly<Record<string, unknown>>;
  text: string;
  json: string;
}

class MessageAssembly implements StreamAssembly {
  hasBegun = false;
  tokenPieces = 0;
  isOver = false;
  #message: Readonly<Record<string, unknown>> = {};
  #usage: Record<string, unknown> = {};
  #stopReason: string | undefined;
  readonly #blocks = new Map<number, Block>();

  add(piece: JsonObject): void {
    const wire = event.safeParse(piece);
    if (!wire.success) return;
    const { type, message, content_block, index = 0, usage, delta } = wire.data;
    if (type === 'message_start') {
      this.hasBegun = true;
      this.#message = message ?? {};
      this.#addUsage(isJsonObject(message?.usage) ? message.usage : undefined);
    } else if (type === 'content_block_start') this.#block(index, content_block ?? {});
    else if (type === 'content_block_delta') this.#addDelta(index, delta);
    else if (type === 'message_delta') {
      if (delta?.stop_reason) this.#stopReason = delta.stop_reason;
      this.#addUsage(usage);
    } else if (type === 'message_stop') this.isOver = true;
  }

  get isWhole(): boolean {
    return this.isOver || this.#stopReason !== undefined;
  }

  body(): unknown {
    const content = [...this.#blocks].sort(([one], [other]) => one - other).map(([, block]) => whole(block));
    return { type: 'message', ...this.#message, content, stop_reason: this.#stopReason, usage: this.#usage };
  }

  #block(index: number, begun: Block['begun']): Block {
    const block = { begun, text: '', json: '' };
    this.#blocks.set(index, block);
    return block;
  }

  #addDelta(index: number, delta: StreamEvent['delta']): void {
    const block = this.#blocks.get(index) ?? this.#block(index, { type: 'text' });
    const { text: words = '', partial_json: json = '', thinking = '' } = delta ?? {};
    block.text += words ?? '';
    block.json += json ?? '';
    if (words || json || thinking) this.tokenPieces += 1;
  }

  /** Later counts are sums, and take the place of the earlier ones; what they leave out stays. */
  #addUsage(told: StreamEvent['usage']): void {
    const known = Object.entries(told ?? {}).filter(([, value]) => typeof value === 'number');
    this.#usage = { ...this.#usage, ...Object.fromEntries(known) };
  }
}

/** The block as it comes unstreamed. Input that was cut off is no JSON, and left out. */
function whole({ begun, text: words, json }: Block): unknown {
  if (begun.type === 'text') return { ...begun, text: `${begun.text ?? ''}${words}` };
  return json === '' ? begun : { ...begun, input: parseJson(json) ?? {} };
}
