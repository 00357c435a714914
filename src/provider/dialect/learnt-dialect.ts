import type { Dialect } from '../../catalog/entry.ts';
import { ProviderError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { CompletionRequest } from '../../core/request.ts';
import { mergeSystem } from './merge-system.ts';
import { isRefusal, refuses, refusesSystem } from './refused-option.ts';

export interface DialectOptions {
  /** What is known beforehand. */
  readonly known: Omit<Dialect, 'models'>;
  /** The wire is that of chat completions, where the longest answer has two names. */
  readonly isChat: boolean;
  /** What the user has set by hand, so that it must not be left out. Whatever `params` hold is so set anyway. */
  readonly byHand: { readonly temperature: boolean; readonly maxOutputTokens: boolean };
}

type MaxTokensName = 'max_tokens' | 'max_completion_tokens';
type Params = Readonly<Record<string, Json>>;

/**
 * What an endpoint does not take, as known or as it says itself, and requests without it. Once it has refused something
 * no later request has it; those in flight meanwhile are refused too, and are told the same.
 */
export class LearntDialect {
  readonly #options: DialectOptions;
  #maxTokensNames: readonly MaxTokensName[];
  #noTemperature: boolean;
  #noSystem = false;
  #responseFormat: 'json_object' | undefined;
  #last: { readonly from: Params; readonly max: number | undefined; readonly to: Params } | undefined;

  constructor(options: DialectOptions) {
    const { known } = options;
    this.#options = options;
    this.#noTemperature = known.noTemperature === true && !options.byHand.temperature;
    this.#responseFormat = known.responseFormat;
    this.#maxTokensNames =
      known.maxTokensParam === undefined
        ? ['max_tokens', 'max_completion_tokens']
        : [known.maxTokensParam, 'max_tokens'];
  }

  /** The request as this endpoint takes it; the same object where nothing is to be changed. */
  apply(request: CompletionRequest): CompletionRequest {
    const merged = this.#noSystem ? mergeSystem(request) : request;
    const calm =
      this.#noTemperature && merged.temperature !== undefined ? without(merged, 'temperature') : merged;
    return this.#withForm(this.#withMaxTokens(calm));
  }

  /**
   * The error for a request that was refused as it was sent: `format_refused` where it may be sent in another form,
   * `option_refused` where what is refused was set by hand; any other error as it is.
   */
  heed(error: unknown, request: CompletionRequest, sent: CompletionRequest): unknown {
    if (!isRefusal(error)) return error;
    return (
      this.#heedMaxTokens(error, request, sent) ??
      this.#heedTemperature(error, sent) ??
      this.#heedSystem(error, sent) ??
      this.#heedForm(error, request, sent) ??
      this.#heedParams(error, request) ??
      error
    );
  }

  #withMaxTokens(request: CompletionRequest): CompletionRequest {
    const { maxOutputTokens, params } = request;
    const [name] = this.#maxTokensNames;
    if (!this.#options.isChat || maxOutputTokens === undefined || name === 'max_tokens') return request;
    const bare = without(request, 'maxOutputTokens');
    if (name === undefined) return bare;
    return { ...bare, params: this.#params(params, maxOutputTokens, { [name]: maxOutputTokens }) };
  }

  #withForm(request: CompletionRequest): CompletionRequest {
    const { schema, params } = request;
    if (this.#responseFormat === undefined || schema === undefined || params.response_format !== undefined)
      return request;
    const bare = without(request, 'schema');
    if (schema.schema.type !== 'object') return bare;
    return { ...bare, params: { response_format: { type: this.#responseFormat }, ...params } };
  }

  /** The same object for the same parameters: what is written of them is kept from request to request. */
  #params(from: Params, max: number, added: Params): Params {
    if (this.#last?.from !== from || this.#last.max !== max)
      this.#last = { from, max, to: { ...added, ...from } };
    return this.#last.to;
  }

  #heedMaxTokens(
    error: ProviderError,
    request: CompletionRequest,
    sent: CompletionRequest,
  ): ProviderError | undefined {
    if (!this.#options.isChat || request.maxOutputTokens === undefined) return undefined;
    const name: MaxTokensName = sent.maxOutputTokens === undefined ? 'max_completion_tokens' : 'max_tokens';
    const isOurs = !(name in request.params) && (sent.maxOutputTokens !== undefined || name in sent.params);
    if (!isOurs || !refuses(error.message, name)) return undefined;
    const others = this.#maxTokensNames.filter((other) => other !== name);
    const [instead] = others;
    if (instead === undefined && this.#options.byHand.maxOutputTokens) {
      return refusedByHand(error, `--max-output-tokens ${request.maxOutputTokens}`);
    }
    this.#maxTokensNames = others;
    this.#last = undefined;
    return adapted(
      error,
      name,
      instead === undefined ? 'answers are not limited' : `${instead} is sent instead`,
    );
  }

  #heedTemperature(
    error: ProviderError,
    { temperature, params }: CompletionRequest,
  ): ProviderError | undefined {
    if (temperature === undefined || 'temperature' in params || !refuses(error.message, 'temperature'))
      return undefined;
    if (this.#options.byHand.temperature) return refusedByHand(error, `--temperature ${temperature}`);
    this.#noTemperature = true;
    return adapted(error, 'a temperature', 'it is left out');
  }

  #heedSystem(error: ProviderError, { messages }: CompletionRequest): ProviderError | undefined {
    if (!messages.some(({ role }) => role === 'system') || !refusesSystem(error.message)) return undefined;
    this.#noSystem = true;
    return adapted(error, 'a system message', 'it goes before the text instead');
  }

  #heedForm(
    error: ProviderError,
    request: CompletionRequest,
    sent: CompletionRequest,
  ): ProviderError | undefined {
    const isOurs = request.params.response_format === undefined && sent.params.response_format !== undefined;
    if (!isOurs || !/response[ _]?format|json[ _]?(mode|object)/i.test(error.message)) return undefined;
    this.#responseFormat = undefined;
    return adapted(error, 'json_object', 'the schema goes otherwise');
  }

  #heedParams(error: ProviderError, { params }: CompletionRequest): ProviderError | undefined {
    const name = Object.keys(params).find((key) => refuses(error.message, key));
    return name === undefined ? undefined : refusedByHand(error, `${name}, which --param sets`);
  }
}

function without<K extends 'temperature' | 'maxOutputTokens' | 'schema'>(request: CompletionRequest, key: K) {
  const { [key]: _, ...rest } = request;
  return rest;
}

function adapted(cause: ProviderError, what: string, instead: string): ProviderError {
  const { status, requestId, limits, usage } = cause;
  const extra = { status, requestId, limits, usage, cause };
  return new ProviderError('format_refused', `the endpoint does not take ${what}: ${instead}`, extra);
}

function refusedByHand(cause: ProviderError, what: string): ProviderError {
  const { status, requestId, limits, usage } = cause;
  return new ProviderError('option_refused', `the endpoint does not take ${what}: ${cause.message}`, {
    ...{ status, requestId, limits, usage, cause },
    hint: 'leave it out, or choose a model that takes it',
  });
}
