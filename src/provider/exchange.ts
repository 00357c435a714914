import type { Dispatcher } from 'undici';
import type { CancelSignal } from '../core/cancel-signal.ts';
import { toNetworkError } from './network-error.ts';
import type { ReplyHeaders } from './reply-headers.ts';

export interface HttpReply {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly body: Buffer;
}

export type ReplyHead = Omit<HttpReply, 'body'>;

/** Takes a body in pieces, as they come; the reply's own body is then empty. */
export interface BodyTaker {
  /** Returns whether nothing more is awaited. */
  take(chunk: Buffer): boolean;
  /** Whether nothing is lost if the connection breaks now. */
  readonly isWhole: boolean;
}

/** Says who takes the body of a reply; undefined: it is gathered. */
export type TakerOf = (head: ReplyHead) => BodyTaker | undefined;

/** How long a body from which nothing more is awaited may take to end before its connection is given up, in ms. */
const LINGER_MS = 1000;

/** One request and its reply, as undici's dispatcher reports them. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #host: string;
  readonly #signal: CancelSignal;
  readonly #resolve: (reply: HttpReply) => void;
  readonly #reject: (error: unknown) => void;
  readonly #takerOf: TakerOf | undefined;
  #taker: BodyTaker | undefined;
  #linger: NodeJS.Timeout | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #status: number | undefined;
  #headers: ReplyHeaders = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(
    host: string,
    signal: CancelSignal,
    resolve: (reply: HttpReply) => void,
    reject: (error: unknown) => void,
    takerOf?: TakerOf,
  ) {
    this.#host = host;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#takerOf = takerOf;
    signal.addEventListener('abort', this);
  }

  /** The signal aborted. The promise ends here; the connection right after, or once the request would start. */
  handleEvent(): void {
    this.#signal.removeEventListener('abort', this);
    this.#reject(this.#signal.reason);
    this.#controller?.abort(asError(this.#signal.reason));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#signal.aborted) controller.abort(asError(this.#signal.reason));
    else this.#controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: ReplyHeaders): void {
    // Informational replies (1xx) come before the real one.
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
    this.#taker = this.#takerOf?.({ status, headers });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#taker === undefined) this.#chunks.push(chunk);
    else if (this.#linger === undefined && this.#taker.take(chunk)) this.#leave(controller);
  }

  onResponseEnd(): void {
    clearTimeout(this.#linger);
    this.#settle();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    clearTimeout(this.#linger);
    if (this.#taker?.isWhole) {
      this.#settle();
      return;
    }
    this.#signal.removeEventListener('abort', this);
    this.#reject(toNetworkError(error, { host: this.#host, status: this.#status, bytes: this.#bytes }));
  }

  /** Settles before the body has ended, which mostly it does at once; so the connection is kept for a while. */
  #leave(controller: Dispatcher.DispatchController): void {
    this.#linger = setTimeout(() => controller.abort(new Error('not awaited')), LINGER_MS);
    this.#linger.unref();
    this.#settle();
  }

  #settle(): void {
    this.#signal.removeEventListener('abort', this);
    const [only] = this.#chunks;
    const body = only !== undefined && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks);
    this.#resolve({ status: this.#status ?? 0, headers: this.#headers, body });
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted');
}
