import type { Completion, Finish } from '../../core/request.ts';
import type { ErrorContext } from '../classify-error.ts';
import type { HttpReply } from '../exchange.ts';
import { isErrorBody, jsonOf, noAnswer } from '../read-json.ts';
import { type Fault, toCompletion } from '../to-completion.ts';
import { type ResponseReply, responseReply, toUsage } from './response-wire.ts';

/** OpenAI API reference, Responses, `incomplete_details.reason`. */
const INCOMPLETE: ReadonlyMap<string, Finish['unified']> = new Map([
  ['max_output_tokens', 'length'],
  ['content_filter', 'filter'],
]);

/** The completion in a reply of the Responses API. Throws a `ProviderError` for everything that holds none. */
export function readAnswer(reply: HttpReply, context: ErrorContext): Completion {
  const body = jsonOf(reply, context);
  const wire = responseReply.safeParse(body);
  if (!wire.success || isErrorBody(body)) {
    const usage = wire.success ? toUsage(wire.data) : undefined;
    throw noAnswer(body, 'response of the Responses API', reply, context, usage);
  }
  const { model, output } = wire.data;
  const parts = output.flatMap(({ type, content }) => (type === 'message' ? (content ?? []) : []));
  return toCompletion(
    {
      text: parts.map((part) => (part.type === 'output_text' ? (part.text ?? '') : '')).join(''),
      finish: finishOf(wire.data),
      usage: toUsage(wire.data),
      model,
      refusal: parts.find(({ refusal }) => refusal)?.refusal ?? undefined,
      hasReasoning: output.some(({ type }) => type === 'reasoning'),
      fault: faultOf(wire.data),
    },
    reply,
    context,
  );
}

function finishOf({ status, incomplete_details }: ResponseReply): Finish {
  if (!status) return { unified: 'other' };
  if (status === 'completed') return { unified: 'stop', raw: status };
  const raw = incomplete_details?.reason ?? status;
  return { unified: INCOMPLETE.get(raw) ?? 'other', raw };
}

/** Statuses of responses that are made in the background, or that someone has stopped; and a failure without an error. */
function faultOf({ status }: ResponseReply): Fault | undefined {
  if (status === 'failed') return ['server_error', 'the endpoint failed while it answered (status failed)'];
  if (status === 'queued' || status === 'in_progress' || status === 'cancelled') {
    return ['unexpected_answer', `the response is not complete (status ${status})`];
  }
  return undefined;
}
