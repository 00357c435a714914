import type { PartStore } from '../../core/answer-store.ts';
import type { Emit } from '../../core/events.ts';
import type { Complete } from './complete.ts';
import type { KeyOf } from './request-key.ts';

export interface KeptPartsParts {
  readonly keyOf: KeyOf;
  readonly store: PartStore;
  readonly emit: Emit;
}

/**
 * Keeps answers about parts of a text until the text has its row: a run that is interrupted before, or fails at
 * another part, does not pay for them again. An answer that was cut off is asked for anew.
 */
export function keptParts(next: Complete, { keyOf, store, emit }: KeptPartsParts): Complete {
  return async (request, call) => {
    if (call.partOf === undefined) return next(request, call);
    const key = keyOf(request);
    const known = await store.get(key);
    if (known !== undefined && request.anew !== true) {
      emit('saved', { id: call.id, from: 'parts' });
      return { ...known, from: 'parts' };
    }
    const answer = await next(request, call);
    if (answer.finish.unified === 'stop') await store.put(call.partOf, key, answer);
    return answer;
  };
}
