import type { AppError } from '../../core/errors.ts';
import type { RunControl, StopSwitch } from '../run-control.ts';

/** The switch of one of several endpoints: what would stop the run takes this endpoint out of it first. */
export class MemberControl implements StopSwitch {
  readonly #run: RunControl;
  readonly #onStop: (reason: AppError) => AppError | undefined;
  #out: AppError | undefined;

  /** `onStop` decides; what it returns is why the endpoint is out, undefined where it is not. */
  constructor(run: RunControl, onStop: (reason: AppError) => AppError | undefined) {
    this.#run = run;
    this.#onStop = onStop;
  }

  get reason(): AppError | undefined {
    return this.#run.reason ?? this.#out;
  }

  /** Why the endpoint is out for the rest of the run. */
  get outFor(): AppError | undefined {
    return this.#out;
  }

  get aborted(): boolean {
    return this.#run.aborted;
  }

  stop(reason: AppError): void {
    if (this.reason === undefined) this.#out = this.#onStop(reason);
  }

  throwIfStopped(): void {
    const { reason } = this;
    if (reason !== undefined) throw reason;
  }

  onAbort(cut: (reason: AppError) => void): () => void {
    return this.#run.onAbort(cut);
  }
}
