import type { Completion, Finish } from '../../core/request.ts';
import type { ErrorContext } from '../classify-error.ts';
import type { HttpReply } from '../exchange.ts';
import { isErrorBody, jsonOf, noAnswer } from '../read-json.ts';
import { type Fault, toCompletion } from '../to-completion.ts';
import { usageOf } from '../usage.ts';
import { type ChatAnswer, chatAnswer } from './chat-wire.ts';

const UNIFIED: ReadonlyMap<string, Finish['unified']> = new Map([
  ['stop', 'stop'],
  ['length', 'length'],
]);

/** The completion in an answer of Ollama. Throws a `ProviderError` for everything that holds none. */
export function readAnswer(reply: HttpReply, context: ErrorContext): Completion {
  const body = jsonOf(reply, context);
  const wire = chatAnswer.safeParse(body);
  if (!wire.success || isErrorBody(body)) throw noAnswer(body, 'chat answer of Ollama', reply, context);
  const { model, message, done_reason: raw, prompt_eval_count, eval_count } = wire.data;
  return toCompletion(
    {
      text: message.content ?? '',
      finish: raw ? { unified: UNIFIED.get(raw) ?? 'other', raw } : { unified: 'other' },
      usage: usageOf(prompt_eval_count, eval_count),
      model,
      hasReasoning: Boolean(message.thinking?.trim()),
      fault: faultOf(wire.data),
    },
    reply,
    context,
  );
}

/** A part of a stream, which was not asked for. */
function faultOf({ done }: ChatAnswer): Fault | undefined {
  return done === false ? ['truncated_body', 'the answer ends before it is done'] : undefined;
}
