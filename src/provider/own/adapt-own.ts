import { type CancelSignal, toAbortSignal } from '../../core/cancel-signal.ts';
import { ProviderError } from '../../core/errors.ts';
import type { Completion, Provider } from '../../core/request.ts';
import { classifyOwnError } from './classify-own-error.ts';
import type { OwnCompletion, OwnProvider } from './own-provider.ts';

/** A provider of the user's own as one of ours. Its errors are classified, its answers looked at. */
export function adaptOwn(own: OwnProvider, secrets: readonly (string | undefined)[] = []): Provider {
  return {
    name: own.name,
    counting: own.counting,
    attempt: async (request, signal: CancelSignal) => {
      const abort = toAbortSignal(signal);
      try {
        return toCompletion(await own.attempt(request, abort), own.name);
      } catch (error) {
        if (abort.aborted) throw abort.reason;
        throw classifyOwnError(error, own.name, secrets);
      }
    },
    close: async () => own.close?.(),
  };
}

function toCompletion(answer: OwnCompletion | undefined, name: string): Completion {
  if (typeof answer?.text !== 'string') {
    throw new ProviderError('unexpected_answer', `the provider ${name} gave no answer with a text`);
  }
  return { ...answer, finish: answer.finish ?? { unified: 'stop' }, usage: answer.usage ?? {} };
}
