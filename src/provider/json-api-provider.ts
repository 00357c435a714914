import type { Completion, CompletionRequest, Provider } from '../core/request.ts';
import { type AnswerForm, AnswerFormat, type AnswerForms } from './answer-format.ts';
import type { ErrorContext } from './classify-error.ts';
import { createEndpoint, type Endpoint } from './endpoint.ts';
import type { HttpReply } from './exchange.ts';
import type { Transport } from './http-transport.ts';
import type { Streaming } from './stream/open-streams.ts';
import type { StreamedApi } from './stream/streamed-api.ts';
import type { StreamWire } from './stream-wire.ts';

/** What every provider that speaks JSON over HTTP takes. */
export interface JsonApiOptions {
  readonly apiKey?: string | undefined;
  /** Headers of the user's own; they win over those of the provider. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Closed together with the provider. */
  readonly transport: Transport;
  /** Wall-clock ms, for dates in headers. Default: the system's. */
  readonly epochMs?: (() => number) | undefined;
  /** Answers are streamed, where the API can. */
  readonly streaming?: Streaming | undefined;
}

/** The same with a URL, for the providers of which every endpoint has one. */
export interface HostedApiOptions extends JsonApiOptions {
  /** Default: the endpoint of the API's own maker. */
  readonly baseUrl?: string | undefined;
}

/** One API that takes a request as JSON and answers with JSON: its wire, without what all share. */
export interface JsonApi {
  readonly name: string;
  readonly counting?: Provider['counting'];
  /** Where a request for this model goes. */
  urlOf(model: string): URL;
  /** The header that carries the key. Default: `authorization`, as a bearer token. */
  readonly keyHeader?: string;
  /** Headers of its own, names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What is to be kept out of messages besides the key. */
  readonly secrets?: readonly (string | undefined)[];
  readonly forms: AnswerForms;
  /** The body of a request. The user's own parameters win. */
  writeBody(request: CompletionRequest, form: AnswerForm | undefined): string;
  /** The completion in a reply. Throws a `ProviderError` for everything that holds none. */
  readAnswer(reply: HttpReply, context: ErrorContext): Completion;
  /** Missing where it streams nothing. */
  readonly stream?: StreamWire;
  /** The headers of a request that is signed as a whole. */
  sign?(request: UnsignedRequest): Promise<Readonly<Record<string, string>>>;
}

export interface UnsignedRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Where requests for one model go, made once. */
interface Target {
  readonly model: string;
  readonly endpoint: Endpoint;
  readonly context: ErrorContext;
  readonly headers: Readonly<Record<string, string>>;
}

/** A provider that speaks this API: one attempt is one POST. Throws `usage` for a key that no header can carry. */
export function createJsonApiProvider(api: JsonApi, options: JsonApiOptions): Provider {
  const { transport } = options;
  const formats = new AnswerFormat(api.forms);
  const streamed = api.stream && options.streaming?.(api.stream);
  let target = targetOf('', api, options, streamed);
  return {
    name: api.name,
    counting: api.counting,
    attempt: async (request, signal, watch) => {
      if (request.model !== target.model) target = targetOf(request.model, api, options, streamed);
      const { endpoint, context, headers } = target;
      const form = formats.formOf(request);
      const asked = streamed?.ask(request) ?? request;
      const body = api.writeBody(asked, form);
      const { url } = endpoint;
      const signed = api.sign === undefined ? headers : await api.sign({ url, headers, body });
      const sent = { url, headers: signed, body, signal };
      const reply = await (streamed?.post(transport, sent, context, watch) ?? transport.post(sent));
      try {
        return api.readAnswer(reply, context);
      } catch (error) {
        throw formats.heed(streamed?.heed(error, request, asked) ?? error, form);
      }
    },
    close: () => transport.close(),
  };
}

function targetOf(
  model: string,
  api: JsonApi,
  { apiKey, headers, epochMs }: JsonApiOptions,
  streamed: StreamedApi | undefined,
): Target {
  const own = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  const telling = own.filter(([name]) => /key|token|secret|auth|cookie/.test(name)).map(([, value]) => value);
  const secrets = [...(api.secrets ?? []), ...telling];
  const endpoint = createEndpoint(api.urlOf(model), apiKey, { keyHeader: api.keyHeader, secrets });
  return {
    model,
    endpoint,
    context: { endpoint, urlOption: '--base-url', epochMs: epochMs ?? Date.now },
    headers: {
      'content-type': 'application/json',
      accept: streamed?.accept ?? 'application/json',
      'user-agent': 'gistmill',
      ...endpoint.credentials,
      ...api.headers,
      ...Object.fromEntries(own),
    },
  };
}
