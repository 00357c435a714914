import type { JsonObject } from '../core/json.ts';
import { isJsonObject } from '../core/json.ts';
import { ApiError, badRequest } from './api-error.ts';
import type { BatchMoment, BatchOutcome, BatchStore, StoredBatch } from './batch-store.ts';
import { plainBody } from './completion-body.ts';
import { countTokens } from './count-tokens.ts';

interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly bytes: Buffer;
  readonly createdMs: number;
}

/** OpenAI, "Batch API": requests and bytes of one batch. */
const MOST_REQUESTS = 50_000;
const MOST_BYTES = 200_000_000;
const DAY_S = 86_400;
const PAGE = 20;

const STATUS: Readonly<Record<BatchMoment['phase'], string>> = {
  validating: 'validating',
  refused: 'failed',
  working: 'in_progress',
  finalizing: 'finalizing',
  over: 'completed',
  cancelling: 'cancelling',
  cancelled: 'cancelled',
};

/** The Files API and the Batch API of OpenAI, as far as chat completions go. */
export class OpenAiBatches {
  readonly #store: BatchStore;
  readonly #tokens: () => number | undefined;
  readonly #files = new Map<string, StoredFile>();

  constructor(store: BatchStore, tokens: () => number | undefined) {
    this.#store = store;
    this.#tokens = tokens;
  }

  /** A form with the fields `purpose` and `file`. */
  async upload(body: Buffer, type: string, nowMs: number): Promise<object> {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } })
      .formData()
      .catch(() => undefined);
    const file = form?.get('file');
    if (form?.get('purpose') !== 'batch') throw badRequest("Invalid value for 'purpose'.", 'purpose');
    if (file === undefined || file === null || typeof file === 'string')
      throw badRequest("Missing required parameter: 'file'.", 'file');
    const bytes = Buffer.from(await file.arrayBuffer());
    if (bytes.length > MOST_BYTES) throw badRequest('The file is larger than 200 MB.', 'file');
    const stored = { id: `file-${this.#files.size + 1}`, name: file.name, bytes, createdMs: nowMs };
    this.#files.set(stored.id, stored);
    return fileObject(stored);
  }

  file(id: string): object {
    const file = this.#files.get(id);
    if (file === undefined) throw noSuch('File', id);
    return fileObject(file);
  }

  /** Of a file that was uploaded, or of the results of a batch. */
  async content(id: string): Promise<Buffer> {
    const [, kind, batchId = ''] = /^file-(output|error)-(.+)$/.exec(id) ?? [];
    const batch = this.#store.find(batchId);
    if (kind !== undefined && batch !== undefined) return this.#results(batch, kind === 'output');
    const file = this.#files.get(id);
    if (file === undefined) throw noSuch('File', id);
    return file.bytes;
  }

  create(body: JsonObject): object {
    const { input_file_id: fileId, endpoint, completion_window: window, metadata } = body;
    if (window !== '24h') throw badRequest("Invalid value for 'completion_window'.", 'completion_window');
    if (endpoint !== '/v1/chat/completions') throw badRequest("Invalid value for 'endpoint'.", 'endpoint');
    const file = this.#files.get(String(fileId));
    if (file === undefined) throw noSuch('File', String(fileId));
    const lines = file.bytes
      .toString('utf8')
      .split('\n')
      .filter((line) => line.trim() !== '');
    if (lines.length > MOST_REQUESTS)
      throw badRequest('The batch has more than 50,000 requests.', 'input_file_id');
    const requests = lines.map((line) => {
      const { custom_id: customId, url, method, body: asked } = JSON.parse(line) as JsonObject;
      if (url !== endpoint || method !== 'POST' || !isJsonObject(asked))
        throw badRequest(`The line of ${customId} is no request to ${endpoint}.`);
      return { customId: String(customId), body: asked };
    });
    const facts = { endpoint, input_file_id: file.id, ...(isJsonObject(metadata) && { metadata }) };
    return this.#view(this.#store.add('batch_', requests, facts, countTokens(file.bytes.toString('utf8'))));
  }

  retrieve(id: string): object {
    return this.#view(this.#find(id));
  }

  list(query: URLSearchParams): object {
    const all = this.#store.list().filter(({ id }) => id.startsWith('batch_'));
    const after = query.get('after');
    const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
    const size = Number(query.get('limit') ?? PAGE);
    const data = all.slice(from, from + size).map((batch) => this.#view(batch));
    return { object: 'list', data, has_more: from + size < all.length };
  }

  cancel(id: string): object {
    const batch = this.#find(id);
    const { phase } = this.#store.at(batch);
    if (['over', 'refused', 'cancelled'].includes(phase)) {
      throw new ApiError(409, {
        message: `Cannot cancel a batch with status '${STATUS[phase]}'.`,
        type: 'invalid_request_error',
      });
    }
    this.#store.cancel(batch);
    return this.#view(batch);
  }

  #find(id: string): StoredBatch {
    const batch = this.#store.find(id);
    if (batch === undefined) throw noSuch('Batch', id);
    return batch;
  }

  #view(batch: StoredBatch): object {
    const { id, facts, requests, createdMs } = batch;
    const { phase, done, failed, expired } = this.#store.at(batch);
    const isOver = phase === 'over' || phase === 'cancelled';
    const lost = failed + expired;
    const created = Math.floor(createdMs / 1000);
    return {
      ...{ id, object: 'batch', ...facts, completion_window: '24h' },
      status: phase === 'over' && expired > 0 ? 'expired' : STATUS[phase],
      ...{ created_at: created, expires_at: created + DAY_S },
      errors: phase === 'refused' ? { object: 'list', data: [this.#tooMuch()] } : null,
      output_file_id: isOver && done > 0 ? `file-output-${id}` : null,
      error_file_id: isOver && (lost > 0 || phase === 'cancelled') ? `file-error-${id}` : null,
      request_counts: { total: phase === 'validating' ? 0 : requests.length, completed: done, failed: lost },
    };
  }

  #tooMuch(): object {
    const message = `Enqueued token limit reached for the model in this organization. Limit: ${this.#tokens()} enqueued tokens. Please try again once some in_progress batches have been completed.`;
    return { code: 'token_limit_exceeded', message, param: null, line: null };
  }

  async #results(batch: StoredBatch, isOutput: boolean): Promise<Buffer> {
    const outcomes = await this.#store.outcomes(batch);
    const wanted = outcomes.filter(([, { kind }]) => (kind === 'answered') === isOutput);
    return Buffer.from(wanted.map((result) => `${JSON.stringify(resultLine(...result))}\n`).join(''));
  }
}

function resultLine(customId: string, outcome: BatchOutcome): object {
  const id = `batch_req_${customId}`;
  const response = (status: number, body: string): object => ({
    ...{ status_code: status, request_id: `req_${customId}`, body: JSON.parse(body) },
  });
  switch (outcome.kind) {
    case 'answered': {
      const body = plainBody(outcome.request, outcome.answer, `chatcmpl-${customId}`, 0);
      return { id, custom_id: customId, response: response(200, body), error: null };
    }
    case 'failed':
      return {
        id,
        custom_id: customId,
        response: response(outcome.error.status, outcome.error.body),
        error: null,
      };
    default:
      return { id, custom_id: customId, response: null, error: lost(outcome.kind) };
  }
}

function lost(kind: 'expired' | 'cancelled'): object {
  return kind === 'expired'
    ? {
        code: 'batch_expired',
        message: 'This request could not be executed before the completion window expired.',
      }
    : { code: 'batch_cancelled', message: 'This request was not executed before the batch was cancelled.' };
}

function fileObject({ id, name, bytes, createdMs }: StoredFile): object {
  return {
    id,
    object: 'file',
    purpose: 'batch',
    filename: name,
    bytes: bytes.length,
    created_at: Math.floor(createdMs / 1000),
  };
}

function noSuch(what: string, id: string): ApiError {
  return new ApiError(404, { message: `No such ${what} object: ${id}`, type: 'invalid_request_error' });
}
