import { Cancellation, type CancelSignal } from '../../core/cancel-signal.ts';
import type { Clock } from '../../core/clock.ts';
import { AppError, ProviderError, toAppError } from '../../core/errors.ts';
import type { AnswerWatch, Completion, CompletionRequest, Provider } from '../../core/request.ts';
import type { RecordDeadline } from '../record-deadline.ts';
import type { StopSwitch } from '../run-control.ts';
import { wakingTimer } from '../waking-timer.ts';
import { StreamWatch } from './stream-watch.ts';

interface AttemptParts {
  readonly provider: Provider;
  readonly control: StopSwitch;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Longest silence of an answer that has begun, in ms, where answers are streamed. */
  readonly idleTimeoutMs?: number | undefined;
}

/**
 * One attempt with its own deadline. It ends when that or the record's passes or the run is aborted, even if the
 * provider does not listen to its signal. One cancellation and one timer an attempt: combined signals
 * (`AbortSignal.any`) have been seen not to fire on Node 20.
 */
export function makeAttempt(
  parts: AttemptParts,
  request: CompletionRequest,
  deadline?: RecordDeadline,
): Promise<Completion> {
  const { provider, control, clock, timeoutMs, idleTimeoutMs } = parts;
  return new Promise((resolve, reject) => {
    const cancellation = new Cancellation();
    const watch =
      idleTimeoutMs === undefined
        ? undefined
        : new StreamWatch(clock, idleTimeoutMs, () => cut(silent(idleTimeoutMs)));
    const end = (): void => {
      cancelTimer();
      watch?.end();
      offAbort();
      offPass?.();
    };
    const cut = (reason: AppError): void => {
      end();
      reject(reason);
      cancellation.abort(reason);
    };
    const cancelTimer = wakingTimer(clock, timeoutMs, () => cut(timedOut(timeoutMs)));
    const offAbort = control.onAbort(cut);
    const offPass = deadline?.onPass(cut);
    start(provider, request, cancellation, watch).then(
      (completion) => {
        end();
        resolve(watch?.timed(completion) ?? completion);
      },
      (error: unknown) => {
        end();
        reject(asProviderError(error));
      },
    );
  });
}

/** `async`, so that a provider that throws at once rejects like any other. */
async function start(
  provider: Provider,
  request: CompletionRequest,
  signal: CancelSignal,
  watch: AnswerWatch | undefined,
): Promise<Completion> {
  return provider.attempt(request, signal, watch);
}

function timedOut(timeoutMs: number): ProviderError {
  return new ProviderError('timeout', `no complete answer within ${timeoutMs / 1000} s (--timeout)`);
}

function silent(idleTimeoutMs: number): ProviderError {
  const message = `no further part of the answer for ${idleTimeoutMs / 1000} s (--idle-timeout)`;
  return new ProviderError('timeout', message);
}

function asProviderError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const known = toAppError(error);
  return new ProviderError(known.code, known.message, { cause: error });
}
