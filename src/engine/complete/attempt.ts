import { Cancellation, type CancelSignal } from '../../core/cancel-signal.ts';
import type { Clock } from '../../core/clock.ts';
import { AppError, ProviderError, toAppError } from '../../core/errors.ts';
import type { Completion, CompletionRequest, Provider } from '../../core/request.ts';
import type { RecordDeadline } from '../record-deadline.ts';
import type { StopSwitch } from '../run-control.ts';
import { wakingTimer } from '../waking-timer.ts';

interface AttemptParts {
  readonly provider: Provider;
  readonly control: StopSwitch;
  readonly clock: Clock;
  readonly timeoutMs: number;
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
  const { provider, control, clock, timeoutMs } = parts;
  return new Promise((resolve, reject) => {
    const cancellation = new Cancellation();
    const end = (): void => {
      cancelTimer();
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
    start(provider, request, cancellation).then(
      (completion) => {
        end();
        resolve(completion);
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
): Promise<Completion> {
  return provider.attempt(request, signal);
}

function timedOut(timeoutMs: number): ProviderError {
  return new ProviderError('timeout', `no complete answer within ${timeoutMs / 1000} s (--timeout)`);
}

function asProviderError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const known = toAppError(error);
  return new ProviderError(known.code, known.message, { cause: error });
}
