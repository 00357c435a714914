import { ProviderError } from '../../core/errors.ts';
import { retryBudget } from '../fault-kinds.ts';
import type { RunControl } from '../run-control.ts';
import type { Complete } from './complete.ts';

export interface FallbackParts {
  readonly control: RunControl;
  readonly isLoss: (error: unknown) => boolean;
}

/**
 * Asks another where the content was refused, where all attempts met faults of the endpoint, and where the endpoint is
 * gone. The other makes attempts of its own. Where it fails too the first failure counts, and names both.
 */
export function withFallback(main: Complete, fallback: Complete, parts: FallbackParts): Complete {
  const { control, isLoss } = parts;
  return async (request, call) => {
    try {
      return await main(request, call);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      if (!isLoss(error) && !isForAnother(error)) throw error;
      control.throwIfStopped();
      try {
        return await fallback(request, call);
      } catch (second) {
        throw isForRecord(second) && second !== control.reason ? bothFailed(error, second) : second;
      }
    }
  };
}

function isForAnother(error: ProviderError): boolean {
  const budget = retryBudget(error);
  return error.code === 'content_filtered' || budget === 'transient' || budget === 'rate-limit';
}

/** Anything else ends the record, or the run, by itself. */
function isForRecord(error: unknown): error is ProviderError {
  return error instanceof ProviderError && error.code !== 'record_deadline';
}

function bothFailed(first: ProviderError, second: ProviderError): ProviderError {
  const { status, requestId, usage, hint } = first;
  return new ProviderError(first.code, `${first.message}; the fallback failed as well: ${second.message}`, {
    ...{ status, requestId, usage, hint, cause: first },
  });
}
