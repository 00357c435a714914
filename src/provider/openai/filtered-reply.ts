import { isJsonObject } from '../../core/json.ts';
import { type ErrorContext, errorOfReply, parseJson, unexpectedReply } from '../classify-error.ts';
import type { HttpReply } from '../exchange.ts';
import { holdsError } from '../read-json.ts';
import { mapFinishReason } from './map-finish-reason.ts';
import { chatReply, toUsage } from './openai-wire.ts';

/** The error of a 400 without an `error`, such as Azure may send a filtered completion under: what it billed counts. */
export function filteredReply(reply: HttpReply, context: ErrorContext): Error | undefined {
  const body = reply.status === 400 ? parseJson(reply.body.toString('utf8')) : undefined;
  const wire = chatReply.safeParse(body);
  if (!wire.success || holdsError(wire.data)) return undefined;
  const isFiltered =
    wire.data.choices?.some(({ finish_reason }) => mapFinishReason(finish_reason).unified === 'filter') ||
    (isJsonObject(body) && JSON.stringify(body.prompt_filter_results ?? null).includes('"filtered":true'));
  const usage = toUsage(wire.data);
  if (!isFiltered) return errorOfReply(reply, context, usage);
  const message = '400 content_filter: the endpoint refused the content';
  return unexpectedReply('content_filtered', message, reply, context, usage);
}
