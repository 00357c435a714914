import type { AppError, ProviderError } from './errors.ts';
import type { Outcome } from './outcome.ts';
import type { AnswerTiming, KnownFrom, Usage } from './request.ts';

/** What holds the run back right now. */
export type Bottleneck = 'none' | 'requests' | 'tokens' | 'concurrency' | 'pause' | 'output';

/** Whose doing it is, where there are several endpoints. */
interface ByEndpoint {
  readonly endpoint?: string;
}

/** What the engine tells while it runs. Times are monotonic ms of the injected clock. */
export interface RunEvents {
  start: { readonly at: number };
  /** A record was pulled from the input. */
  record: { readonly id: string; readonly index: number };
  /** The output of an earlier run has a row for this record: it is kept, or the record is done again. */
  known: { readonly id: string; readonly index: number; readonly row: 'reused' | 'failed' | 'stale' };
  /** A line of the output that an earlier run left is no row; it was moved to the file `movedTo`. */
  damaged: { readonly file: string; readonly line: number; readonly movedTo: string };
  /** A request waits for a slot, then for rate capacity. */
  waiting: { readonly id: string };
  /** A request is sent. `number` counts the attempts at this record from 1. */
  attempt: { readonly id: string; readonly number: number; readonly at: number } & ByEndpoint;
  /** An attempt came back, well or not. */
  attemptEnd: {
    readonly id: string;
    readonly number: number;
    readonly at: number;
    /** Time of this attempt alone, in ms. */
    readonly ms: number;
    readonly usage: Usage;
    /** USD of this usage; missing where it is unknown. */
    readonly costUsd?: number;
    /** Where the answer was streamed. */
    readonly timing?: AnswerTiming;
    readonly error?: ProviderError;
  } & ByEndpoint;
  /** A request was answered without being sent. */
  saved: { readonly id: string; readonly from: KnownFrom };
  /** A failed attempt will be tried again after `delayMs`. */
  retry: {
    readonly id: string;
    readonly attempt: number;
    readonly delayMs: number;
    readonly error: ProviderError;
  };
  /** The whole run, or one of several endpoints, is sent nothing until `untilMs`. */
  pause: { readonly at: number; readonly untilMs: number; readonly reason: ProviderError } & ByEndpoint;
  /** What holds the run back has changed. */
  bottleneck: { readonly by: Bottleneck };
  /** A limit was set, learnt or changed. */
  limit: {
    readonly unit: string;
    readonly perMinute: number;
    readonly source: 'option' | 'endpoint';
  } & ByEndpoint;
  /** `--concurrency auto` lets so many requests be in flight from now on. */
  concurrency: {
    readonly limit: number;
    /** `trial`: to see whether it pays; `no gain`: it did not. `faults`: to see whether these come of the load. */
    readonly reason: 'trial' | 'no gain' | 'overload' | 'faults' | 'recovered';
  } & ByEndpoint;
  /** The endpoint does not take something that requests had in them; from now on they go without. Once for each. */
  adapted: { readonly id: string; readonly error: ProviderError } & ByEndpoint;
  /**
   * One of several endpoints is out for the rest of the run, or down, so that it is only tried now and then, or back
   * again. `left`: how many others go on; where none of those do that share the work, whether the fallback does.
   */
  endpointState: {
    readonly endpoint: string;
    readonly state: 'out' | 'down' | 'back';
    readonly reason?: AppError;
    readonly left: number;
    readonly fallback: boolean;
  };
  /** A record has ended and its row was taken by the output. */
  outcome: Outcome;
  /** The run starts no more requests. */
  stopping: { readonly reason: AppError };
  end: { readonly at: number };
}

export type EventName = keyof RunEvents;
export type Listener<K extends EventName> = (event: RunEvents[K]) => void;
export type Emit = <K extends EventName>(name: K, event: RunEvents[K]) => void;

/** A typed emitter. A listener that throws is taken off and reported once; the run goes on. */
export class Events {
  readonly #listeners = new Map<EventName, ((event: never) => void)[]>();
  readonly #onListenerError: (error: unknown) => void;

  constructor(onListenerError: (error: unknown) => void = () => {}) {
    this.#onListenerError = onListenerError;
  }

  on<K extends EventName>(name: K, listener: Listener<K>): () => void {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
    return () => this.#remove(name, listener);
  }

  readonly emit: Emit = (name, event) => {
    const listeners = this.#listeners.get(name);
    if (listeners === undefined) return;
    for (const listener of listeners) {
      try {
        (listener as Listener<typeof name>)(event);
      } catch (error) {
        this.#remove(name, listener);
        this.#onListenerError(error);
      }
    }
  };

  #remove(name: EventName, listener: (event: never) => void): void {
    this.#listeners.set(
      name,
      (this.#listeners.get(name) ?? []).filter((other) => other !== listener),
    );
  }
}
