import type { Completion } from '../../core/request.ts';
import { type ErrorContext, errorOfBody } from '../classify-error.ts';
import type { HttpReply } from '../exchange.ts';
import { holdsError, jsonOf, noAnswer } from '../read-json.ts';
import { type Fault, toCompletion } from '../to-completion.ts';
import { filteredReply } from './filtered-reply.ts';
import { mapFinishReason } from './map-finish-reason.ts';
import { type ChatChoice, chatReply, contentText, toUsage } from './openai-wire.ts';

/** The completion in a reply of chat completions. Throws a `ProviderError` for everything that holds none. */
export function readAnswer(reply: HttpReply, context: ErrorContext): Completion {
  const filtered = filteredReply(reply, context);
  if (filtered !== undefined) throw filtered;
  const body = jsonOf(reply, context);
  const wire = chatReply.safeParse(body);
  const choice = wire.success ? wire.data.choices?.[0] : undefined;
  if (!wire.success || holdsError(wire.data) || choice === undefined) {
    const usage = wire.success ? toUsage(wire.data) : undefined;
    throw noAnswer(body, 'chat completion', reply, context, usage);
  }
  const usage = toUsage(wire.data);
  if (holdsError(choice)) throw errorOfBody(choice, reply, context, usage);
  return toCompletion(
    {
      text: contentText(choice.message?.content),
      finish: mapFinishReason(choice.finish_reason),
      usage,
      model: wire.data.model,
      refusal: refusalOf(choice),
      hasReasoning: hasReasoning(choice),
      fault: choice.finish_reason === 'error' ? FAILED : undefined,
    },
    reply,
    context,
  );
}

const FAILED: Fault = ['server_error', 'the endpoint failed while it answered (finish reason error)'];

function hasReasoning({ message }: ChatChoice): boolean {
  return Boolean(message?.reasoning_content?.trim() || message?.reasoning?.trim());
}

function refusalOf({ message }: ChatChoice): string | undefined {
  const content = message?.content;
  const parts = Array.isArray(content) ? content.map(({ refusal }) => refusal ?? '') : [];
  return [message?.refusal ?? '', ...parts].find((text) => text !== '');
}
