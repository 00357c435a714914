import type { IncomingMessage, ServerResponse } from 'node:http';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { ApiError, badRequest, serverError, unknownUrl } from './api-error.ts';
import { AnthropicBatches, MessageError } from './batch-anthropic.ts';
import { OpenAiBatches } from './batch-openai.ts';
import { BatchStore, type BatchStoreParts } from './batch-store.ts';
import { checkKey } from './check-key.ts';
import { sendError, sendJson } from './send-reply.ts';

const PATHS = /^\/(files|batches|messages\/batches)(\/|$)/;

/** Serves the batch APIs of OpenAI and of Anthropic. */
export class BatchEndpoint {
  readonly #parts: BatchStoreParts;
  readonly #openai: OpenAiBatches;
  readonly #anthropic: AnthropicBatches;

  constructor(parts: BatchStoreParts) {
    this.#parts = parts;
    const store = new BatchStore(parts);
    this.#openai = new OpenAiBatches(store, () => parts.options.batchTokens);
    this.#anthropic = new AnthropicBatches(store);
  }

  /** `path`: without `/v1` and query. */
  serves(path: string): boolean {
    return PATHS.test(path);
  }

  async handle(
    path: string,
    request: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
  ): Promise<void> {
    try {
      const answer = await this.#answer(path, request, body);
      if (Buffer.isBuffer(answer)) {
        response.writeHead(200, {
          'content-type': 'application/octet-stream',
          'content-length': answer.length,
        });
        response.end(answer);
      } else sendJson(response, answer);
    } catch (error) {
      if (error instanceof MessageError) {
        response.writeHead(error.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(error.body));
      } else sendError(response, error instanceof ApiError ? error : serverError());
    }
  }

  #answer(path: string, request: IncomingMessage, body: Buffer): Promise<object> | object {
    const { method = '', headers, url = '' } = request;
    const [, room = '', id, last] =
      /^\/(messages\/batches|files|batches)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(path) ?? [];
    const action = `${method} ${room}${id === undefined ? '' : '/:id'}${last === undefined ? '' : `/${last}`}`;
    const query = new URL(url, 'http://mock').searchParams;
    const base = `http://${headers.host}`;
    const { options, clock } = this.#parts;
    if (room === 'messages/batches') checkMessageKey(options.key, headers['x-api-key']);
    else checkKey(options.key, headers.authorization);
    switch (action) {
      case 'POST files':
        return this.#openai.upload(body, headers['content-type'] ?? '', clock.epochMs());
      case 'GET files/:id':
        return this.#openai.file(id ?? '');
      case 'GET files/:id/content':
        return this.#openai.content(id ?? '');
      case 'POST batches':
        return this.#openai.create(parse(body));
      case 'GET batches':
        return this.#openai.list(query);
      case 'GET batches/:id':
        return this.#openai.retrieve(id ?? '');
      case 'POST batches/:id/cancel':
        return this.#openai.cancel(id ?? '');
      case 'POST messages/batches':
        return this.#anthropic.create(parse(body), base, options.batchTokens);
      case 'GET messages/batches':
        return this.#anthropic.list(query, base);
      case 'GET messages/batches/:id':
        return this.#anthropic.retrieve(id ?? '', base);
      case 'GET messages/batches/:id/results':
        return this.#anthropic.results(id ?? '');
      case 'POST messages/batches/:id/cancel':
        return this.#anthropic.cancel(id ?? '', base);
      default:
        throw unknownUrl(method, path);
    }
  }
}

function checkMessageKey(expected: string | undefined, sent: string | string[] | undefined): void {
  if (expected === undefined || sent === expected) return;
  throw new MessageError(401, 'authentication_error', 'invalid x-api-key');
}

function parse(body: Buffer): JsonObject {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (isJsonObject(value)) return value;
  } catch {
    // Told below.
  }
  throw badRequest('We could not parse the JSON body of your request.');
}
