import type { Completion, Finish } from '../../core/request.ts';
import type { ErrorContext } from '../classify-error.ts';
import type { HttpReply } from '../exchange.ts';
import { isErrorBody, jsonOf, noAnswer } from '../read-json.ts';
import { type Fault, toCompletion } from '../to-completion.ts';
import { ANSWER_TOOL } from './message-forms.ts';
import { type MessageReply, messageReply, toUsage } from './message-wire.ts';

/** Its documentation, "Stop reasons and fallback". */
const UNIFIED: ReadonlyMap<string, Finish['unified']> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['refusal', 'filter'],
]);

/** The completion in a reply of the Messages API. Throws a `ProviderError` for everything that holds none. */
export function readAnswer(reply: HttpReply, context: ErrorContext): Completion {
  const body = jsonOf(reply, context);
  const wire = messageReply.safeParse(body);
  if (!wire.success || isErrorBody(body)) throw noAnswer(body, 'message of the Messages API', reply, context);
  const { content, model } = wire.data;
  const data = content.find(({ type, name }) => type === 'tool_use' && name === ANSWER_TOOL);
  const text = content.flatMap((block) => (block.type === 'text' ? [block.text ?? ''] : [])).join('');
  return toCompletion(
    {
      text: data === undefined ? text : JSON.stringify(data.input ?? {}),
      finish: finishOf(wire.data, data !== undefined),
      usage: toUsage(wire.data),
      model,
      hasReasoning: content.some(({ type }) => type === 'thinking' || type === 'redacted_thinking'),
      fault: faultOf(wire.data, text),
    },
    reply,
    context,
  );
}

function finishOf({ stop_reason: raw }: MessageReply, isData: boolean): Finish {
  if (!raw) return { unified: 'other' };
  if (raw === 'tool_use' && isData) return { unified: 'stop', raw };
  return { unified: UNIFIED.get(raw) ?? 'other', raw };
}

function faultOf({ stop_reason }: MessageReply, text: string): Fault | undefined {
  if (stop_reason === 'pause_turn') {
    const message = 'the model paused in the middle of its answer (pause_turn), as it does with server tools';
    return ['unexpected_answer', message];
  }
  if (stop_reason === 'model_context_window_exceeded' && text.trim() === '') {
    return ['context_too_long', 'the context window was full before any text came'];
  }
  return undefined;
}
