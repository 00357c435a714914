import type { Clock } from '../../core/clock.ts';
import { AppError, ProviderError, toAppError } from '../../core/errors.ts';
import type { Emit } from '../../core/events.ts';
import { failureRule } from '../../core/failures.ts';
import type { CostOf } from '../../core/money.ts';
import type { InputRecord } from '../../core/record.ts';
import type { Completion, CompletionRequest } from '../../core/request.ts';
import type { Task } from '../task/task.ts';
import { checkAnswer } from './check-answer.ts';
import type { Call, Complete } from './complete.ts';
import { type OnTruncated, onTruncated } from './on-truncated.ts';
import { stripThinking } from './strip-thinking.ts';

/** What a batch has brought for a record. */
export interface BatchAnswer {
  /** Throws a `ProviderError` where the request failed. Missing where it was not worked at. */
  readonly answer?: (() => Completion) | undefined;
  /** Why it was not. */
  readonly why?: string | undefined;
  /** The same request was asked for another record, whose row tells what it took. */
  readonly isShared?: boolean;
}

export interface FromBatchParts {
  /** What there is for this record, once; undefined where nothing was asked for it. */
  readonly take: (record: InputRecord) => BatchAnswer | undefined;
  /** Whether what the batch has no good answer to is asked for online. */
  readonly online: boolean;
  readonly onTruncated: OnTruncated;
  /** By the prices of a batch. */
  readonly costOf?: CostOf | undefined;
  readonly clock: Clock;
  readonly emit: Emit;
}

/** Answers the first request of a record with what a batch has brought for it. What is asked beyond that goes online. */
export class FromBatch {
  readonly #parts: FromBatchParts;
  readonly #brought = new WeakMap<CompletionRequest, BatchAnswer>();

  constructor(parts: FromBatchParts) {
    this.#parts = parts;
  }

  /** The same task, whose first request for a whole record is known by its answer from the batch. */
  task(inner: Task): Task {
    return {
      run: (record, ask) => {
        let isFirst = true;
        return inner.run(record, (request, step = 'record') => {
          const brought = isFirst && step === 'record' ? this.#parts.take(record) : undefined;
          if (brought !== undefined) this.#brought.set(request, brought);
          isFirst = false;
          return ask(request, step);
        });
      },
    };
  }

  /** `next` asks online. */
  complete(next: Complete): Complete {
    const { online, onTruncated: mode } = this.#parts;
    const checked = checkAnswer(stripThinking(async (request, call) => this.#answer(request, call)));
    const whole = mode === 'fail' ? onTruncated(checked, mode) : checked;
    return async (request, call) => {
      if (!this.#brought.has(request)) return online ? next(request, call) : onlyOnline();
      try {
        const answer = await whole(request, call);
        const isCut = mode === 'retry' && answer.finish.unified === 'length';
        return isCut && online ? await next(request, call) : answer;
      } catch (thrown) {
        const error = toAppError(thrown);
        if (failureRule(error.code).retry === 'no') throw error;
        if (online) return next(request, call);
        throw error.code === 'batch_unanswered' ? error : failedInBatch(error);
      }
    };
  }

  /** What the batch has brought, told like an attempt. */
  #answer(request: CompletionRequest, call: Call): Completion {
    const { clock, emit } = this.#parts;
    const { answer, why = 'nothing', isShared } = this.#brought.get(request) ?? {};
    this.#brought.delete(request);
    if (answer === undefined) throw unanswered(why);
    if (isShared) {
      const shared = answer();
      emit('saved', { id: call.id, from: 'memory' });
      return { ...shared, usage: {}, from: 'memory', lane: 'batch' };
    }
    emit('waiting', { id: call.id });
    const number = call.effort.begin();
    call.onSend?.();
    emit('attempt', { id: call.id, number, at: clock.now() });
    try {
      const completion = answer();
      this.#took(call, number, completion.usage);
      return { ...completion, lane: 'batch' };
    } catch (error) {
      const failure = error instanceof ProviderError ? error : undefined;
      this.#took(call, number, failure?.usage ?? {}, failure);
      throw error;
    }
  }

  #took(call: Call, number: number, usage: Completion['usage'], error?: ProviderError): void {
    const { clock, emit, costOf } = this.#parts;
    const costUsd = costOf?.(usage);
    call.effort.addUsage(usage, costUsd);
    emit('attemptEnd', {
      ...{ id: call.id, number, usage, at: clock.now(), ms: 0 },
      ...(costUsd !== undefined && { costUsd }),
      ...(error !== undefined && { error }),
    });
  }
}

const HINT = 'a run without batch asks for it, and so does --fallback online';

function unanswered(why: string): AppError {
  return new AppError('batch_unanswered', `the batch has no answer: ${why}`, { hint: HINT });
}

function failedInBatch(cause: AppError): AppError {
  const message = `the request failed in the batch: ${cause.code}: ${cause.message}`;
  return new AppError('batch_unanswered', message, { hint: HINT, cause });
}

function onlyOnline(): never {
  const message = 'what the record needs besides the answer of the batch is asked for only online';
  throw new AppError('batch_unanswered', message, { hint: HINT });
}
