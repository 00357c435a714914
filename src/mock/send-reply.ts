import type { ServerResponse } from 'node:http';
import type { Clock } from '../core/clock.ts';
import type { ApiError } from './api-error.ts';

export const JSON_TYPE = 'application/json';
export const STREAM_TYPE = 'text/event-stream; charset=utf-8';

/** Flat list of header names and values, as `writeHead` takes it. */
export type Headers = readonly string[];

export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  readonly body: string;
}

export function sendReply(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, rawHeaders(reply));
  response.end(reply.body);
}

export function sendJson(response: ServerResponse, value: unknown): void {
  sendReply(response, { status: 200, type: JSON_TYPE, headers: [], body: JSON.stringify(value) });
}

export function sendError(response: ServerResponse, error: ApiError, headers: Headers = []): void {
  const all = [...error.headers, ...headers];
  sendReply(response, { status: error.status, type: JSON_TYPE, headers: all, body: error.body });
}

/** Announces the whole body, sends half of it, and resets the connection. */
export function sendHalfAndReset(response: ServerResponse, reply: Reply): void {
  const { socket } = response;
  const bytes = Buffer.from(reply.body);
  response.writeHead(reply.status, rawHeaders(reply));
  response.write(bytes.subarray(0, bytes.length / 2), () => socket?.resetAndDestroy());
}

export interface Pace {
  readonly clock: Clock;
  /** Between two events, in ms. */
  readonly gapMs: number;
  /** Where the stream breaks off: `cut` ends the body, `stall` leaves it open. */
  readonly half?: 'cut' | 'stall' | undefined;
}

/** Sends a stream of events one by one, as long as the client listens. */
export function sendEvents(response: ServerResponse, reply: Reply, { clock, gapMs, half }: Pace): void {
  const { status, type, headers, body } = reply;
  const events = body.split(/(?<=\n\n)/);
  const left = half === undefined ? events : events.slice(0, Math.ceil(events.length / 2));
  let cancel = (): void => {};
  response.once('close', () => cancel());
  const next = (): void => {
    const event = left.shift();
    if (event !== undefined) response.write(event);
    if (left.length > 0) cancel = clock.timer(gapMs, next);
    else if (half !== 'stall') response.end();
  };
  response.writeHead(status, ['content-type', type, ...headers]);
  next();
}

function rawHeaders({ type, headers, body }: Reply): string[] {
  return ['content-type', type, 'content-length', String(Buffer.byteLength(body)), ...headers];
}
