import type { Clock } from '../../core/clock.ts';
import type { AnswerWatch, Completion } from '../../core/request.ts';
import { wakingTimer } from '../waking-timer.ts';

/** Times one streamed answer, and tells when it has fallen silent. */
export class StreamWatch implements AnswerWatch {
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #onSilence: () => void;
  readonly #startedAt: number;
  #heardAt = 0;
  #firstTokenAt: number | undefined;
  #lastTokenAt = 0;
  #cancelTimer: (() => void) | undefined;

  /** `onSilence` is called once, when nothing has come for `idleMs` since something came. */
  constructor(clock: Clock, idleMs: number, onSilence: () => void) {
    this.#clock = clock;
    this.#idleMs = idleMs;
    this.#onSilence = onSilence;
    this.#startedAt = clock.now();
  }

  heard(hasTokens: boolean): void {
    const now = this.#clock.now();
    this.#heardAt = now;
    if (hasTokens) {
      this.#firstTokenAt ??= now;
      this.#lastTokenAt = now;
    }
    this.#cancelTimer ??= this.#wait(this.#idleMs);
  }

  /** The answer with the times of its stream; as it is where it was none. */
  timed(completion: Completion): Completion {
    const firstTokenAt = this.#firstTokenAt;
    if (firstTokenAt === undefined) return completion;
    const timing = {
      firstTokenMs: firstTokenAt - this.#startedAt,
      outputMs: this.#lastTokenAt - firstTokenAt,
    };
    return { ...completion, timing };
  }

  end(): void {
    this.#cancelTimer?.();
  }

  /** One timer an answer, not one a piece: when it fires it looks how long the silence is. */
  #wait(ms: number): () => void {
    return wakingTimer(this.#clock, ms, () => {
      const leftMs = this.#heardAt + this.#idleMs - this.#clock.now();
      if (leftMs <= 0) this.#onSilence();
      else this.#cancelTimer = this.#wait(leftMs);
    });
  }
}
