import { ProviderError } from '../../core/errors.ts';
import type { AnswerSchema, CompletionRequest } from '../../core/request.ts';
import { isStrict } from './strict-schema.ts';

/** One way to bind an endpoint to the schema of an answer: a value of `response_format`. */
export interface AnswerForm {
  readonly name: string;
  readonly body: object;
}

/**
 * Words by which endpoints refuse a `response_format`, or a schema in it: those of OpenAI, Azure, DeepSeek, Groq, Google,
 * LM Studio, vLLM with its backends, llama.cpp and text-generation-inference, from public reports.
 */
const REFUSAL =
  /response[ _]?(format|schema)|json[ _]?(schema|mode|object)|structured[ _-]?output|guided[ _-]?(json|decoding)|grammar/i;
/** Failures that have another reason, whatever words of the request their message repeats. */
const OTHER_CODES: ReadonlySet<string> = new Set([
  'context_too_long',
  'content_filtered',
  'request_too_large',
]);
const OTHER_STATUSES: ReadonlySet<number> = new Set([401, 402, 403, 408, 409, 429, 502, 503, 504, 529]);

/**
 * Finds the closest form that the endpoint takes: a schema kept strictly, a schema, any JSON object, or none. What it
 * refuses is not sent again. The schema is in the messages all the same.
 */
export class AnswerFormat {
  #schema: AnswerSchema | undefined;
  #forms: readonly AnswerForm[] = [];

  /** Undefined where there is none to be sent, or the user has named one. */
  formOf({ schema, params }: CompletionRequest): AnswerForm | undefined {
    if (schema === undefined || params.response_format !== undefined) return undefined;
    if (schema !== this.#schema) {
      this.#schema = schema;
      this.#forms = formsOf(schema);
    }
    return this.#forms[0];
  }

  /** The error for a request that was sent in this form: `format_refused` where it is the form that was refused. */
  heed(error: unknown, form: AnswerForm | undefined): unknown {
    if (form === undefined || !isRefusal(error)) return error;
    this.#forms = this.#forms.filter((other) => other !== form);
    const { status, requestId, limits, usage } = error;
    const instead = this.#forms[0]?.name ?? 'words alone';
    const message = `the endpoint does not take ${form.name}: the schema goes by ${instead}`;
    const extra = { status, requestId, limits, usage, cause: error };
    return new ProviderError('format_refused', message, extra);
  }
}

function formsOf({ name, schema }: AnswerSchema): readonly AnswerForm[] {
  const described = (strict: object) => ({ type: 'json_schema', json_schema: { name, schema, ...strict } });
  return [
    ...(isStrict(schema) ? [{ name: 'json_schema with strict', body: described({ strict: true }) }] : []),
    { name: 'json_schema', body: described({}) },
    ...(schema.type === 'object' ? [{ name: 'json_object', body: { type: 'json_object' } }] : []),
  ];
}

function isRefusal(error: unknown): error is ProviderError {
  if (!(error instanceof ProviderError) || OTHER_CODES.has(error.code)) return false;
  const { status = 0, message } = error;
  return status >= 400 && !OTHER_STATUSES.has(status) && REFUSAL.test(message);
}
