import type { Completion, Finish } from '../../core/request.ts';
import type { ErrorContext } from '../classify-error.ts';
import type { HttpReply } from '../exchange.ts';
import { isErrorBody, jsonOf, noAnswer } from '../read-json.ts';
import { type Fault, toCompletion } from '../to-completion.ts';
import { ANSWER_TOOL } from './converse-forms.ts';
import { converseReply, toUsage } from './converse-wire.ts';

/** Bedrock API reference, Converse, `stopReason`. */
const UNIFIED: ReadonlyMap<string, Finish['unified']> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['guardrail_intervened', 'filter'],
  ['content_filtered', 'filter'],
]);

/** The completion in a reply of Converse. Throws a `ProviderError` for everything that holds none. */
export function readAnswer(reply: HttpReply, context: ErrorContext): Completion {
  const body = jsonOf(reply, context);
  const wire = converseReply.safeParse(body);
  if (!wire.success || isErrorBody(body)) throw noAnswer(body, 'answer of Converse', reply, context);
  const { output, stopReason: raw } = wire.data;
  const content = output.message?.content ?? [];
  const data = content.find(({ toolUse }) => toolUse?.name === ANSWER_TOOL)?.toolUse;
  const text = content.map((block) => block.text ?? '').join('');
  return toCompletion(
    {
      text: data === undefined ? text : JSON.stringify(data.input ?? {}),
      finish: finishOf(raw, data !== undefined),
      usage: toUsage(wire.data),
      hasReasoning: content.some(({ reasoningContent }) => reasoningContent !== undefined),
      fault: faultOf(raw, text),
    },
    reply,
    context,
  );
}

function finishOf(raw: string | null | undefined, isData: boolean): Finish {
  if (!raw) return { unified: 'other' };
  if (raw === 'tool_use' && isData) return { unified: 'stop', raw };
  return { unified: UNIFIED.get(raw) ?? 'other', raw };
}

function faultOf(raw: string | null | undefined, text: string): Fault | undefined {
  if (raw?.startsWith('malformed_')) {
    return ['invalid_response', `the model gave what the service could not read (stop reason ${raw})`];
  }
  if (raw === 'model_context_window_exceeded' && text.trim() === '') {
    return ['context_too_long', 'the context window was full before any text came'];
  }
  return undefined;
}
