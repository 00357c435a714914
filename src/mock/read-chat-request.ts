import { isJsonObject, type JsonObject } from '../core/json.ts';
import { badRequest } from './api-error.ts';
import { countTokens } from './count-tokens.ts';
import { TextHash } from './seeded-random.ts';

/** A request for a completion, as far as the server looks at it. */
export interface ChatRequest {
  readonly model: string;
  /** The longest message of the user, the last of equals: what is summarised, not what is said of an answer. */
  readonly text: string;
  readonly promptTokens: number;
  /** `max_completion_tokens` or `max_tokens`. */
  readonly maxTokens: number | undefined;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** What the answer has to be, by `response_format`. */
  readonly schema: JsonObject | undefined;
  /** Hash of the model and all messages. */
  readonly key: number;
}

/** Reads the body of a request. Throws an `ApiError` (400) for what OpenAI would refuse as well. */
export function readChatRequest(raw: Buffer): ChatRequest {
  const body = parse(raw);
  const { model, messages } = body;
  if (typeof model !== 'string' || model === '') throw badRequest('you must provide a model parameter');
  if (!Array.isArray(messages) || messages.length === 0) {
    throw badRequest("Missing required parameter: 'messages'.", 'messages');
  }
  let text = '';
  let promptTokens = 0;
  const prompt = new TextHash().add(model);
  for (const [i, message] of messages.entries()) {
    const content = textOf(message, i);
    promptTokens += countTokens(content);
    prompt.add(String(message.role)).add(content);
    if (message.role === 'user' && content.length >= text.length) text = content;
  }
  const options = body.stream_options;
  return {
    model,
    text,
    promptTokens,
    maxTokens: readMaxTokens(body),
    stream: body.stream === true,
    includeUsage: isJsonObject(options) && options.include_usage === true,
    schema: readSchema(body.response_format),
    key: prompt.value(),
  };
}

function parse(raw: Buffer): Record<string, unknown> {
  let body: unknown;
  try {
    body = JSON.parse(raw.toString('utf8'));
  } catch {
    throw badRequest('We could not parse the JSON body of your request.');
  }
  if (!isJsonObject(body)) throw badRequest('We could not parse the JSON body of your request.');
  return body;
}

/** A message's content: a string, or parts of which those with text count. */
function textOf(message: unknown, i: number): string {
  if (!isJsonObject(message)) throw badRequest(`Invalid type for 'messages[${i}]'.`, `messages[${i}]`);
  const { content } = message;
  if (typeof content === 'string') return content;
  if (content === null || content === undefined) return '';
  const param = `messages[${i}].content`;
  if (!Array.isArray(content)) throw badRequest(`Invalid type for '${param}'.`, param);
  return content
    .map((part) => (isJsonObject(part) && typeof part.text === 'string' ? part.text : ''))
    .join('');
}

/** What `json_object` lets the model choose. */
const ANY_OBJECT: JsonObject = { type: 'object', properties: { summary: { type: 'string' } } };

function readSchema(format: unknown): JsonObject | undefined {
  if (format === undefined || format === null) return undefined;
  const { type, json_schema: described } = isJsonObject(format) ? format : {};
  if (type === 'text') return undefined;
  if (type === 'json_object') return ANY_OBJECT;
  if (type === 'json_schema' && isJsonObject(described) && isJsonObject(described.schema)) {
    return described.schema;
  }
  throw badRequest("Invalid value for 'response_format'.", 'response_format');
}

function readMaxTokens(body: Record<string, unknown>): number | undefined {
  const param = body.max_completion_tokens == null ? 'max_tokens' : 'max_completion_tokens';
  const value = body[param];
  if (value === null || value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
    throw badRequest(`Invalid '${param}': expected an integer of at least 1.`, param);
  }
  return value;
}
