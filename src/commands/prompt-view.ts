import { type AppError, toAppError } from '../core/errors.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { BrokenRecord, InputRecord } from '../core/record.ts';
import type { CompletionRequest, Prompt, PromptStep } from '../core/request.ts';
import { billedTexts, type EndpointShape, tokensAround } from '../estimate/billed-texts.ts';
import type { Preview, WrittenRequest } from '../provider/preview.ts';
import type { TokenCounter } from '../tokens/token-counter.ts';

export interface PromptRooms {
  readonly prompt: Prompt;
  readonly preview: Preview;
  readonly counter: TokenCounter;
  readonly shape: EndpointShape;
}

/** What a record becomes. */
export type Shown =
  | { readonly record: InputRecord | BrokenRecord; readonly error: AppError }
  | {
      readonly record: InputRecord;
      readonly request: CompletionRequest;
      /** Missing where the text is worked at here. */
      readonly written: WrittenRequest | undefined;
      readonly sentAs: 'messages' | 'body' | 'text';
      readonly tokens: number;
      readonly counter: TokenCounter;
    };

/** What would be sent for a record, or why nothing can be. */
export async function lookAt(
  record: InputRecord,
  step: PromptStep | undefined,
  { prompt, preview, counter, shape }: PromptRooms,
): Promise<Shown> {
  try {
    const request = prompt.render(record, step);
    const written = await preview(request);
    const texts = billedTexts(shape, request);
    return {
      ...{ record, request, written, counter },
      sentAs: written === undefined ? 'text' : shape.provider === 'http' ? 'body' : 'messages',
      tokens: texts.reduce((sum, text) => sum + counter.count(text), tokensAround(shape, request)),
    };
  } catch (error) {
    return { record, error: toAppError(error) };
  }
}

/** For reading: a line about the record, then each message as it is. */
export function shownText(shown: Shown): string {
  const { id, at } = shown.record;
  const place = `${at.file}:${at.line}`;
  const name = id === place ? id : `${id} (${place})`;
  if ('error' in shown) {
    const { code, message, hint } = shown.error;
    return `=== ${name}: ${code}: ${message}\n${hint === undefined ? '' : `hint: ${hint}\n`}\n`;
  }
  const texts = textsOf(shown).map(([title, text]) => `--- ${title}\n${text}\n`);
  return `=== ${name}: ${tokensText(shown)}\n${texts.join('')}\n`;
}

type Ready = Exclude<Shown, { readonly error: AppError }>;

function textsOf({ sentAs, request, written }: Ready): readonly (readonly [string, string])[] {
  if (sentAs === 'messages') return request.messages.map(({ role, content }) => [role, content]);
  if (written !== undefined) return [[`POST ${written.url} (${written.contentType})`, written.body]];
  return [['text', request.document.text]];
}

function tokensText({ sentAs, tokens, counter }: Ready): string {
  if (sentAs === 'text') return 'not sent, the built-in summariser reads the text';
  const unit = tokens === 1 ? 'token' : 'tokens';
  return counter.isOwn ? `${tokens} ${unit}` : `about ${tokens} ${unit} (as ${counter.encoding} counts)`;
}

export function shownJson(shown: Shown): JsonObject {
  const { id, index, at } = shown.record;
  const head = { id, index, at: { file: at.file, line: at.line } };
  if ('error' in shown) return { ...head, error: { code: shown.error.code, message: shown.error.message } };
  const { request, written, sentAs, tokens, counter } = shown;
  return {
    ...head,
    ...(sentAs !== 'text' && {
      input_tokens: { count: tokens, exact: counter.isOwn, encoding: counter.encoding },
    }),
    ...(sentAs === 'messages' && {
      messages: request.messages.map(({ role, content }) => ({ role, content })),
    }),
    ...(sentAs === 'text' && { text: request.document.text }),
    request: written === undefined ? null : requestJson(written),
  };
}

function requestJson({ url, contentType, body }: WrittenRequest): JsonObject {
  const isJson = contentType.includes('json');
  return { method: 'POST', url, content_type: contentType, body: isJson ? (JSON.parse(body) as Json) : body };
}
