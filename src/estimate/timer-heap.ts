export interface Timer {
  /** Ms of the clock. */
  readonly at: number;
  /** Of two that are due at the same time, the one set first goes first. */
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** A binary heap of timers, soonest first. Cancelled ones stay until they are due or make up most of it. */
export class TimerHeap {
  #heap: Timer[] = [];
  #cancelled = 0;

  push(timer: Timer): void {
    this.#heap.push(timer);
    this.#rise(this.#heap.length - 1);
  }

  cancel(timer: Timer): void {
    if (timer.cancelled) return;
    timer.cancelled = true;
    this.#cancelled += 1;
    if (this.#cancelled > 1000 && this.#cancelled * 2 > this.#heap.length) this.#sweep();
  }

  /** Takes out the soonest that was not cancelled; undefined where there is none. */
  pop(): Timer | undefined {
    for (;;) {
      const [first] = this.#heap;
      const last = this.#heap.pop();
      if (first === undefined || last === undefined) return undefined;
      if (first !== last) this.#sink(0, last);
      if (!first.cancelled) return first;
      this.#cancelled -= 1;
    }
  }

  #sweep(): void {
    // Sorted is a heap, too.
    this.#heap = this.#heap.filter((timer) => !timer.cancelled).sort((a, b) => (isSooner(a, b) ? -1 : 1));
    this.#cancelled = 0;
  }

  #rise(from: number): void {
    const timer = this.#heap[from];
    let at = from;
    while (timer !== undefined && at > 0) {
      const up = (at - 1) >> 1;
      const parent = this.#heap[up];
      if (parent === undefined || !isSooner(timer, parent)) break;
      this.#heap[at] = parent;
      this.#heap[up] = timer;
      at = up;
    }
  }

  /** Puts `timer` into the hole at `from`, below all that are sooner. */
  #sink(from: number, timer: Timer): void {
    let at = from;
    for (;;) {
      const left = this.#heap[2 * at + 1];
      const right = this.#heap[2 * at + 2];
      if (left === undefined) break;
      const isRight = right !== undefined && isSooner(right, left);
      const child = isRight ? right : left;
      if (!isSooner(child, timer)) break;
      this.#heap[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    this.#heap[at] = timer;
  }
}

function isSooner(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
