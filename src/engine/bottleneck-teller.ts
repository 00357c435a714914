import type PQueue from 'p-queue';
import type { Bottleneck, Emit } from '../core/events.ts';
import type { Limiter } from './limiter/limiter.ts';

/** Tells listeners when what holds the run back changes. */
export class BottleneckTeller {
  readonly #limiter: Limiter;
  readonly #queue: PQueue;
  readonly #emit: Emit;
  #told: Bottleneck = 'none';

  constructor(parts: { readonly limiter: Limiter; readonly queue: PQueue; readonly emit: Emit }) {
    this.#limiter = parts.limiter;
    this.#queue = parts.queue;
    this.#emit = parts.emit;
  }

  /** Looks again; cheap enough for every request. */
  update(): void {
    const { blockedBy } = this.#limiter;
    const by = blockedBy === 'none' && this.#queue.size > 0 ? 'concurrency' : blockedBy;
    if (by === this.#told) return;
    this.#told = by;
    this.#emit('bottleneck', { by });
  }
}
