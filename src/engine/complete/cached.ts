import type { AnswerStore } from '../../core/answer-store.ts';
import type { Emit } from '../../core/events.ts';
import type { Complete } from './complete.ts';
import type { KeyOf } from './request-key.ts';

export interface CachedParts {
  readonly keyOf: KeyOf;
  readonly store: AnswerStore;
  readonly emit: Emit;
}

/**
 * Answers from the store what it knows, and gives it what it does not. Only a whole answer is worth keeping: one
 * that was cut off or ended in an unknown way is asked for again by the next run, like a failure.
 */
export function cached(next: Complete, { keyOf, store, emit }: CachedParts): Complete {
  return async (request, call) => {
    const key = keyOf(request);
    const known = store.get(key);
    if (known !== undefined && request.anew !== true) {
      emit('saved', { id: call.id, from: 'cache' });
      return { ...known, from: 'cache' };
    }
    const answer = await next(request, call);
    if (answer.from === undefined && answer.finish.unified === 'stop') store.put(key, answer);
    return answer;
  };
}
