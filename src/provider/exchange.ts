import type { Dispatcher } from 'undici';
import type { CancelSignal } from '../core/cancel-signal.ts';
import { toNetworkError } from './network-error.ts';
import type { ReplyHeaders } from './reply-headers.ts';

export interface HttpReply {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly body: Buffer;
}

/** One request and its reply, as undici's dispatcher reports them. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #host: string;
  readonly #signal: CancelSignal;
  readonly #resolve: (reply: HttpReply) => void;
  readonly #reject: (error: unknown) => void;
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
  ) {
    this.#host = host;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
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
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  onResponseEnd(): void {
    this.#signal.removeEventListener('abort', this);
    const [only] = this.#chunks;
    const body = only !== undefined && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks);
    this.#resolve({ status: this.#status ?? 0, headers: this.#headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#signal.removeEventListener('abort', this);
    this.#reject(toNetworkError(error, { host: this.#host, status: this.#status, bytes: this.#bytes }));
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted');
}
