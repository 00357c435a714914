import type { ChunkSize } from '../core/text-tools.ts';
import { loadTokenCounter, type TokenCounter } from '../tokens/token-counter.ts';
import { cutHead, cutText, type Range } from './cut-text.ts';
import { countLong, type Meter } from './meter.ts';
import { Turns } from './turns.ts';

/** Entry of the thread that counts and cuts texts: bundled on its own; each function is called by its name. */

/** What the pool sends to the thread. */
export interface TextTask {
  /** Whose tokens are counted. */
  readonly model: string | undefined;
  readonly text: string;
}

export type SizedTask = TextTask & Pick<ChunkSize, 'maxTokens'> & Partial<ChunkSize>;

/** In UTF-16 units. What is shorter takes some ms and waits for nothing. */
const SHORT = 32_768;

const turns = new Turns();
const counters = new Map<string | undefined, Promise<TokenCounter>>();

/** Shows that the thread is alive. */
export function start(): void {}

export async function count({ model, text }: TextTask): Promise<number> {
  const meter = await meterFor(model);
  return inTurn(text.length, () => countLong(text, meter));
}

/** Where the parts begin and end, in turn: offsets are less to send back than texts. */
export async function chunk({ model, text, maxTokens, overlapTokens = 0 }: SizedTask): Promise<Uint32Array> {
  const meter = await meterFor(model);
  return toOffsets(await inTurn(text.length, () => cutText(text, { maxTokens, overlapTokens }, meter)));
}

export async function head({ model, text, maxTokens }: SizedTask): Promise<Uint32Array> {
  const meter = await meterFor(model);
  const looked = Math.min(text.length, maxTokens * USUAL_LENGTH);
  return toOffsets([await inTurn(looked, () => cutHead(text, maxTokens, meter))]);
}

/** UTF-16 units of a token of prose. */
const USUAL_LENGTH = 5;

function inTurn<T>(length: number, work: () => Promise<T>): Promise<T> {
  return length <= SHORT ? work() : turns.long(work);
}

async function meterFor(model: string | undefined): Promise<Meter> {
  let counter = counters.get(model);
  if (counter === undefined) {
    counter = loadTokenCounter(model);
    counters.set(model, counter);
  }
  const { count } = await counter;
  return { count, rest: () => turns.rest() };
}

function toOffsets(ranges: readonly Range[]): Uint32Array {
  return Uint32Array.from(ranges.flatMap(({ from, to }) => [from, to]));
}
