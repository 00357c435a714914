import type { CancelSignal } from '../../src/core/cancel-signal.ts';
import type { Clock } from '../../src/core/clock.ts';
import type {
  Completion,
  CompletionRequest,
  Finish,
  LimitHint,
  Provider,
  Usage,
} from '../../src/core/request.ts';

/** One scripted answer. Without any field it is a summary, at once. */
export interface ScriptedAnswer {
  /** Virtual ms until the answer; default 0. */
  readonly latencyMs?: number;
  readonly text?: string;
  readonly finish?: Finish;
  readonly usage?: Usage;
  readonly limits?: readonly LimitHint[];
  /** Rejects with this instead, a `ProviderError` or anything else. */
  readonly error?: unknown;
  /** Never answers; `deaf` does not even listen to its signal. */
  readonly hang?: 'listening' | 'deaf';
}

/** `n` counts the requests from 0. */
export type Script = (request: CompletionRequest, n: number) => ScriptedAnswer;

export interface Arrival {
  /** Ms of the clock. */
  readonly at: number;
  /** Text of the document that was asked about. */
  readonly text: string;
}

/** A provider within the process that answers by script, on the given clock. */
export class ScriptedProvider implements Provider {
  readonly name = 'scripted';
  readonly arrivals: Arrival[] = [];
  /** Requests whose signal was aborted before the answer. */
  cut = 0;
  /** Most requests that were open at once. */
  mostInFlight = 0;
  #inFlight = 0;
  readonly #clock: Clock;
  readonly #script: Script;

  constructor(clock: Clock, script: Script = () => ({})) {
    this.#clock = clock;
    this.#script = script;
  }

  attempt(request: CompletionRequest, signal: CancelSignal): Promise<Completion> {
    const answer = this.#script(request, this.arrivals.length);
    this.arrivals.push({ at: this.#clock.now(), text: request.document.text });
    this.#inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.#inFlight);
    return this.#after(answer, signal).finally(() => {
      this.#inFlight -= 1;
    });
  }

  async close(): Promise<void> {}

  #after(answer: ScriptedAnswer, signal: CancelSignal): Promise<Completion> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        if ('error' in answer) reject(answer.error);
        else resolve(completion(answer));
      };
      const latencyMs = answer.latencyMs ?? 0;
      if (answer.hang === undefined && latencyMs === 0) {
        end();
        return;
      }
      const cancel = answer.hang === undefined ? this.#clock.timer(latencyMs, end) : () => {};
      if (answer.hang === 'deaf') return;
      signal.addEventListener('abort', {
        handleEvent: () => {
          this.cut += 1;
          cancel();
          reject(signal.reason);
        },
      });
    });
  }
}

function completion({ text = 'a summary', finish, usage, limits }: ScriptedAnswer): Completion {
  return {
    text,
    finish: finish ?? { unified: 'stop', raw: 'stop' },
    usage: usage ?? {},
    ...(limits === undefined ? {} : { limits }),
  };
}
