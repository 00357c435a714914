import { ProviderError } from '../../core/errors.ts';
import type { Emit } from '../../core/events.ts';
import type { Complete } from './complete.ts';

/**
 * Forms of a request that a provider may try, one after the other: four of `response_format`, none included; two names of
 * the longest answer, and none; without a temperature; without a system message; without the usage of a stream.
 */
const MOST_FORMS = 9;

/**
 * Repeats a request at once whose form the endpoint refuses: the provider has learnt of it and sends another one. That
 * is no fault of the request, so it costs none of its attempts. What was learnt is told once.
 */
export function adapting(next: Complete, emit: Emit): Complete {
  const told = new Set<string>();
  return async (request, call) => {
    for (let form = 1; ; form++) {
      try {
        return await next(request, call);
      } catch (error) {
        const isRefused = error instanceof ProviderError && error.code === 'format_refused';
        if (!isRefused || form >= MOST_FORMS) throw error;
        if (!told.has(error.message)) emit('adapted', { id: call.id, error });
        told.add(error.message);
      }
    }
  };
}
