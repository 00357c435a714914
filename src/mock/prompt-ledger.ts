/** Why an answer that was generated did not arrive. */
export type Loss = 'fault' | 'client';

const DELIVERED = 1;
const LOST = { fault: 2, client: 4 } as const;
const ATTEMPT = 8;

/**
 * What became of every prompt, by its 53-bit hash: one number each, about 60 bytes with its key, so some
 * 60 MB for a million prompts. A `Map` holds 16.7 million; past that the server must be started anew.
 */
export class PromptLedger {
  /** Attempts × 8 + flags: small integers, which V8 keeps without a heap object. */
  readonly #states = new Map<number, number>();

  get size(): number {
    return this.#states.size;
  }

  /** Counts an admitted attempt and gives its number, from 1. */
  begin(key: number): number {
    const state = this.#state(key) + ATTEMPT;
    this.#states.set(key, state);
    return Math.floor(state / ATTEMPT);
  }

  /** An answer is generated. Was one delivered before, or was the last one lost? A loss excuses one more answer. */
  pay(key: number): 'first' | 'delivered' | Loss {
    const state = this.#state(key);
    if (state & DELIVERED) return 'delivered';
    const loss = state & LOST.fault ? 'fault' : state & LOST.client ? 'client' : undefined;
    if (loss === undefined) return 'first';
    this.#states.set(key, state & ~LOST[loss]);
    return loss;
  }

  lose(key: number, loss: Loss): void {
    this.#states.set(key, this.#state(key) | LOST[loss]);
  }

  /** An answer has arrived. Returns whether it is the first to do so. */
  deliver(key: number): boolean {
    const state = this.#state(key);
    this.#states.set(key, state | DELIVERED);
    return (state & DELIVERED) === 0;
  }

  clear(): void {
    this.#states.clear();
  }

  #state(key: number): number {
    return this.#states.get(key) ?? 0;
  }
}
