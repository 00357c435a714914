import { LRUCache } from 'lru-cache';
import type { Completion } from '../../core/request.ts';

/** Bytes of a kept answer besides its text: key, objects and the cache's own lists, rounded up. */
const OVERHEAD_BYTES = 400;

/** The answers of this run that were used last, up to so many bytes in all. */
export class AnswerMemory {
  readonly #answers: LRUCache<string, Completion>;

  constructor(bytes: number) {
    this.#answers = new LRUCache({
      maxSize: bytes,
      // A character takes two bytes at most.
      sizeCalculation: ({ text }) => 2 * text.length + OVERHEAD_BYTES,
    });
  }

  get(key: string): Completion | undefined {
    return this.#answers.get(key);
  }

  put(key: string, { text, finish, usage, model, endpoint }: Completion): void {
    this.#answers.set(key, {
      ...{ text, finish, usage, from: 'memory' },
      ...(model !== undefined && { model }),
      ...(endpoint !== undefined && { endpoint }),
    });
  }
}
