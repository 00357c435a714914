import { ProviderError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import type { AnswerSchema, CompletionRequest } from '../core/request.ts';

/** One way to bind an endpoint to the schema of an answer. */
export interface AnswerForm {
  readonly name: string;
  /** Fields that it adds to the body of a request. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** The ways in which one API can be bound to a schema. */
export interface AnswerForms {
  /** The closest first. */
  of(schema: AnswerSchema): readonly AnswerForm[];
  /** Whether the user's own parameters say what form the answer has. */
  isNamedBy(params: Readonly<Record<string, Json>>): boolean;
}

/**
 * Words by which endpoints refuse the form of an answer, or a schema in it: those of OpenAI, Azure, Anthropic, AWS,
 * DeepSeek, Groq, Google, Ollama, LM Studio, vLLM with its backends, llama.cpp and text-generation-inference, from their
 * documentation and public reports.
 */
const REFUSAL =
  /response[ _]?(format|schema)|json[ _]?(schema|mode|object)|structured[ _-]?output|guided[ _-]?(json|decoding)|grammar|output[ _]?(config|format)|text[ ._]?format|invalid format|tool[ _]?(choice|config|use)|input[ _]?schema/i;
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
  readonly #known: AnswerForms;
  #schema: AnswerSchema | undefined;
  #forms: readonly AnswerForm[] = [];

  constructor(known: AnswerForms) {
    this.#known = known;
  }

  /** Undefined where there is none to be sent, or the user has named one. */
  formOf({ schema, params }: CompletionRequest): AnswerForm | undefined {
    if (schema === undefined || this.#known.isNamedBy(params)) return undefined;
    if (schema !== this.#schema) {
      this.#schema = schema;
      this.#forms = this.#known.of(schema);
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

function isRefusal(error: unknown): error is ProviderError {
  if (!(error instanceof ProviderError) || OTHER_CODES.has(error.code)) return false;
  const { status = 0, message } = error;
  return status >= 400 && !OTHER_STATUSES.has(status) && REFUSAL.test(message);
}
