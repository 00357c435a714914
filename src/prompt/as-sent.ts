import { isBatchRequest } from '../core/batch-request.ts';
import { AppError } from '../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { CompletionRequest, Message } from '../core/request.ts';
import type { DescribedPrompt } from './create-prompt.ts';

export interface AsSentOptions {
  /** The model of the run. */
  readonly model: string;
  /** Whether requests ask the model that they name themselves. */
  readonly ownModels: boolean;
  /** The endpoint speaks chat completions: bodies can be sent as they are. */
  readonly isChat: boolean;
  readonly maxOutputTokens?: number | undefined;
  readonly temperature?: number | undefined;
  readonly params: Readonly<Record<string, Json>>;
}

/** They say how an answer comes, not what it is. */
const NOT_SENT = ['model', 'messages', 'stream', 'stream_options'] as const;

/** The same prompt, but for records that are requests already, as a batch file has them: their bodies are sent as they are. */
export function asSent(inner: DescribedPrompt, options: AsSentOptions): DescribedPrompt {
  return {
    ...inner,
    settings: options.ownModels ? { ...inner.settings, model: null } : inner.settings,
    render: (record, step) => {
      const { fields } = record;
      if (!isBatchRequest(fields)) return inner.render(record, step);
      if (step === undefined) return requestOf(fields.body, fields, options);
      throw new AppError(
        'context_too_long',
        'the request does not fit the context window, and is sent whole or not at all',
      );
    },
  };
}

function requestOf(body: JsonObject, fields: JsonObject, options: AsSentOptions): CompletionRequest {
  const messages = readMessages(body.messages);
  const model = options.ownModels && typeof body.model === 'string' ? body.model : options.model;
  const text = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const common = { model, messages, document: { text, fields } };
  return options.isChat
    ? { ...common, ...whole(body, options) }
    : { ...common, ...translated(body, options) };
}

type Rest = Pick<CompletionRequest, 'params' | 'maxOutputTokens' | 'temperature'>;

/** All of the body; what it lacks is taken from the options. */
function whole(body: JsonObject, { maxOutputTokens, temperature, params }: AsSentOptions): Rest {
  const rest = Object.fromEntries(
    Object.entries(body).filter(([name]) => !NOT_SENT.some((not) => not === name)),
  );
  const isLimited = rest.max_tokens !== undefined || rest.max_completion_tokens !== undefined;
  return {
    ...(!isLimited && maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(rest.temperature === undefined && temperature !== undefined && { temperature }),
    params: { ...params, ...rest, ...(!isPlain(body.messages) && { messages: body.messages ?? [] }) },
  };
}

/** What of the body other wires have too. */
function translated(body: JsonObject, options: AsSentOptions): Rest & Pick<CompletionRequest, 'schema'> {
  const limit = body.max_completion_tokens ?? body.max_tokens;
  const maxOutputTokens = typeof limit === 'number' ? limit : options.maxOutputTokens;
  const temperature = typeof body.temperature === 'number' ? body.temperature : options.temperature;
  const { response_format: format, top_p } = body;
  const described = isJsonObject(format) && isJsonObject(format.json_schema) ? format.json_schema : undefined;
  const name = typeof described?.name === 'string' ? described.name : 'answer';
  return {
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(isJsonObject(described?.schema) && { schema: { name, schema: described.schema as JsonObject } }),
    params: { ...options.params, ...(top_p !== undefined && { top_p }) },
  };
}

const ROLES: ReadonlyMap<unknown, Message['role']> = new Map([
  ['system', 'system'],
  ['developer', 'system'],
  ['assistant', 'assistant'],
]);

/** Their texts; what is no text is left out. */
function readMessages(messages: Json | undefined): readonly Message[] {
  if (!Array.isArray(messages)) return [];
  return messages.filter(isJsonObject).map(({ role, content }) => ({
    role: ROLES.get(role) ?? 'user',
    content: textOf(content as Json | undefined),
  }));
}

function textOf(content: Json | undefined): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: Json) => (isJsonObject(part) && typeof part.text === 'string' ? part.text : ''))
    .join('');
}

/** Whether nothing is lost when the messages are read. */
function isPlain(messages: Json | undefined): boolean {
  return (
    Array.isArray(messages) &&
    messages.every(
      (message) =>
        isJsonObject(message) &&
        typeof message.content === 'string' &&
        ['system', 'user', 'assistant'].includes(String(message.role)) &&
        Object.keys(message).length === 2,
    )
  );
}
