import type PQueue from 'p-queue';
import type { ProviderError } from '../../core/errors.ts';
import type { Emit } from '../../core/events.ts';
import { failureRule } from '../../core/failures.ts';
import type { Completion, CompletionRequest } from '../../core/request.ts';
import { pausesRun } from '../fault-kinds.ts';
import type { AdaptiveConcurrency, AttemptEnd } from './adaptive-concurrency.ts';

/** Where the endpoint does not count tokens, lengths stand for them: only ratios matter. */
const CHARACTERS_PER_TOKEN = 4;

export interface SteerParts {
  readonly adaptive: AdaptiveConcurrency;
  readonly queue: PQueue;
  readonly emit: Emit;
}

/** Tells the controller what happens to requests, and sets the queue's concurrency by what it says. */
export class SteerQueue {
  readonly #parts: SteerParts;

  constructor(parts: SteerParts) {
    this.#parts = parts;
  }

  sent(now: number): void {
    this.#parts.adaptive.started(now);
  }

  answered(now: number, ms: number, request: CompletionRequest, { usage, text }: Completion): void {
    const characters = request.messages.reduce((sum, { content }) => sum + content.length, 0);
    this.#end(now, {
      ...{ result: 'ok', ms },
      inputTokens: usage.inputTokens ?? characters / CHARACTERS_PER_TOKEN,
      outputTokens: usage.outputTokens ?? text.length / CHARACTERS_PER_TOKEN,
    });
  }

  /** `error`: undefined where the run cut the attempt off. */
  failed(now: number, ms: number, error: ProviderError | undefined): void {
    this.#end(now, { result: error === undefined ? 'other' : resultOf(error), ms });
  }

  #end(now: number, end: AttemptEnd): void {
    const { adaptive, queue, emit } = this.#parts;
    const change = adaptive.ended(now, end);
    if (change === undefined) return;
    queue.concurrency = change.limit;
    emit('concurrency', change);
  }
}

function resultOf(error: ProviderError): AttemptEnd['result'] {
  if (error.code === 'rate_limited') return 'rate-limited';
  if (pausesRun(error)) return 'overloaded';
  const { retry } = failureRule(error.code);
  return retry === 'transient' || error.code === 'overloaded' ? 'fault' : 'other';
}
