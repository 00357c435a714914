import { ProviderError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { AnswerWatch, CompletionRequest } from '../../core/request.ts';
import { type ErrorContext, parseJson } from '../classify-error.ts';
import type { HttpReply } from '../exchange.ts';
import type { HttpRequest, Transport } from '../http-transport.ts';
import { headerOf } from '../reply-headers.ts';
import type { StreamWire } from '../stream-wire.ts';
import { AnswerStream } from './answer-stream.ts';
import type { Framing } from './framing.ts';
import { refusesExtra, refusesStreams } from './refused-stream.ts';

type Params = Readonly<Record<string, Json>>;

const TYPES = {
  events: {
    accept: 'text/event-stream',
    pattern: /\bevent-stream\b/i,
    begins: /^\s*(data|event|id|retry)?:/,
  },
  lines: {
    accept: 'application/x-ndjson',
    pattern: /\b(x-)?(ndjson|jsonl|json-?lines)\b/i,
    begins: /^\s*\{/,
  },
} as const;

/** Asks one API for streams. Remembers what of asking for them the endpoint does not take. */
export class StreamedApi {
  readonly #wire: StreamWire;
  readonly #framing: Framing;
  #added: Params;
  #last: { readonly from: Params; readonly to: Params } | undefined;

  constructor(wire: StreamWire, framing: Framing) {
    this.#wire = wire;
    this.#framing = framing;
    this.#added = { ...wire.params, ...wire.extra };
  }

  /** What a request accepts; an endpoint that does not stream may answer as usual. */
  get accept(): string {
    return `${TYPES[this.#wire.framing].accept}, application/json`;
  }

  /** The request, asking for a stream. The same parameters become the same object, of which what is written is kept. */
  ask(request: CompletionRequest): CompletionRequest {
    const { params } = request;
    if (this.#last?.from !== params) this.#last = { from: params, to: { ...this.#added, ...params } };
    return { ...request, params: this.#last.to };
  }

  /** Gets a reply, whole: put together from the stream, or as it came where the endpoint sends none. */
  async post(
    transport: Transport,
    request: HttpRequest,
    context: ErrorContext,
    watch: AnswerWatch | undefined,
  ): Promise<HttpReply> {
    const { pattern } = TYPES[this.#wire.framing];
    let stream: AnswerStream | undefined;
    const reply = await transport.post({
      ...request,
      takerOf: ({ status, headers }) => {
        const isStream =
          status >= 200 && status < 300 && pattern.test(headerOf(headers, 'content-type') ?? '');
        if (isStream) stream = new AnswerStream(this.#wire, this.#framing, watch);
        return stream;
      },
    });
    return (stream ?? this.#untyped(reply))?.toReply(reply, context) ?? reply;
  }

  /**
   * The error for a request that was refused as it was sent: `format_refused` where it may be sent without what was
   * refused, `option_refused` where that is the stream itself.
   */
  heed(error: unknown, request: CompletionRequest, sent: CompletionRequest): unknown {
    const extra = Object.keys(this.#wire.extra ?? {}).filter((name) => !(name in request.params));
    const [refused] = extra.filter((name) => name in sent.params && refusesExtra(error, name));
    if (refused !== undefined && error instanceof ProviderError) {
      this.#added = this.#wire.params;
      this.#last = undefined;
      return newError('format_refused', `the endpoint does not take ${refused}: it is left out`, error);
    }
    if (!refusesStreams(error)) return error;
    return newError('option_refused', `the endpoint does not take --stream: ${error.message}`, error);
  }

  /** A stream under the wrong type, as small servers send it, or under none. */
  #untyped(reply: HttpReply): AnswerStream | undefined {
    if (reply.status < 200 || reply.status > 299) return undefined;
    const text = reply.body.toString('utf8');
    if (!TYPES[this.#wire.framing].begins.test(text) || parseJson(text) !== undefined) return undefined;
    const stream = new AnswerStream(this.#wire, this.#framing, undefined);
    stream.take(reply.body);
    return stream;
  }
}

function newError(
  code: 'format_refused' | 'option_refused',
  message: string,
  cause: ProviderError,
): ProviderError {
  const { status, requestId, limits, usage } = cause;
  const hint = code === 'option_refused' ? 'leave it out, or choose a model that streams' : undefined;
  return new ProviderError(code, message, { status, requestId, limits, usage, cause, hint });
}
