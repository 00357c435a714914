import type { ProviderError } from '../core/errors.ts';
import { failureRule } from '../core/failures.ts';

/** HTTP status by which Anthropic says that it is overloaded (its documentation, "Errors"). */
const OVERLOADED_STATUS = 529;

/**
 * Whether a failure is the endpoint's word to everybody. A bare 503 is not: it is as often one bad
 * backend behind a balancer, and the others go on answering.
 */
export function pausesRun(error: ProviderError): boolean {
  if (error.code === 'rate_limited') return true;
  if (error.code !== 'overloaded') return false;
  return error.status === OVERLOADED_STATUS || error.retryAfterMs !== undefined;
}

/** By which budget of attempts a failure is retried; one that does not pause the run has no claim on the larger. */
export function retryBudget(error: ProviderError): 'no' | 'transient' | 'rate-limit' | 'content' {
  const { retry } = failureRule(error.code);
  if (retry === 'later') return 'no';
  return retry === 'rate-limit' && !pausesRun(error) ? 'transient' : retry;
}

/** Whether the endpoint or the way to it is at fault, and another attempt may find it well. */
export function isTransient(error: ProviderError): boolean {
  return retryBudget(error) === 'transient';
}
