import { z } from 'zod';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { joinUrl } from '../provider/anthropic/join-url.ts';
import { readAnswer } from '../provider/anthropic/read-answer.ts';
import { withPath } from '../provider/base-path.ts';
import { type ErrorContext, errorOfBody } from '../provider/classify-error.ts';
import { createEndpoint, parseUrl } from '../provider/endpoint.ts';
import type { BatchView, Lane, LaneResult, SoughtBatch } from './lane.ts';
import { LaneHttp } from './lane-http.ts';
import type { LaneOptions } from './open-lane.ts';
import { parsed } from './parsed.ts';
import { arrayBody } from './stream-body.ts';

const ANTHROPIC_BASE_URL = 'https://api.anthropic.com';
/** Its documentation, "Versions". */
const VERSION = '2023-06-01';
/** "Batch processing", limitations: 100,000 requests or 256 MB a batch. What stands around the lines counts too. */
const LIMITS = { requests: 100_000, bytes: 255_000_000 };
const PAGE = 100;
/** Clocks may differ: a batch may be older than when it was about to be made by so much. */
const SKEW_MS = 10 * 60_000;

const count = z.number().catch(0);
const counts = z.object({
  processing: count,
  succeeded: count,
  errored: count,
  canceled: count,
  expired: count,
});
/** A batch (API reference, "Retrieve a Message Batch"), as far as it is read. */
const batchObject = z.object({
  id: z.string(),
  processing_status: z.string(),
  created_at: z.string(),
  request_counts: counts,
});
const batchList = z.object({ data: z.array(batchObject), has_more: z.boolean().catch(false) });
const resultLine = z.object({ custom_id: z.string(), result: z.looseObject({ type: z.string() }) });

/** The status that goes with each kind of error (its documentation, "Errors"). */
const STATUSES: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/** The Message Batches API of Anthropic. */
export function anthropicLane(options: LaneOptions): Lane {
  const base = joinUrl(parseUrl(options.baseUrl ?? ANTHROPIC_BASE_URL, '--base-url'));
  const endpoint = createEndpoint(base, options.apiKey, { keyHeader: 'x-api-key' });
  const context: ErrorContext = { endpoint, urlOption: '--base-url', epochMs: Date.now };
  const headers = { 'anthropic-version': VERSION, ...endpoint.credentials, ...options.headers };
  const http = new LaneHttp({ context, env: options.env, headers });
  const at = (path: string): URL => withPath(base, `${base.pathname}/batches${path}`);
  const view = (value: JsonObject): BatchView => toView(parsed(batchObject, value));
  return {
    name: 'anthropic',
    limits: LIMITS,
    line: (customId, body) => `{"custom_id":${JSON.stringify(customId)},"params":${body}}\n`,
    create: async ({ path }, signal) =>
      view(await http.send(at(''), await arrayBody(path, 'requests'), signal)),
    find: (sought, signal) =>
      find(sought, (after) => {
        const url = at('');
        url.searchParams.set('limit', String(PAGE));
        if (after !== undefined) url.searchParams.set('after_id', after);
        return http.get(url, signal);
      }),
    look: async (id, signal) => view(await http.get(at(`/${id}`), signal)),
    cancel: async (id, signal) => {
      await http.post(at(`/${id}/cancel`), undefined, signal);
    },
    // Not where `results_url` points to: the key goes to the endpoint alone.
    fetch: ({ id }, path, signal) => http.download(at(`/${id}/results`), path, signal),
    read: (line) => readResult(line, context),
    close: () => http.close(),
  };
}

function toView({
  id,
  processing_status: status,
  request_counts: told,
}: z.infer<typeof batchObject>): BatchView {
  const { processing, succeeded, errored, canceled, expired } = told;
  const over = succeeded + errored + canceled + expired;
  return {
    ...{ id, status, files: [], state: status === 'ended' ? 'ended' : 'open' },
    counts: { total: over + processing, done: succeeded, failed: over - succeeded },
  };
}

/**
 * There is nothing in a batch by which to tell it but the ids of its requests, which are shown only with the results; so
 * this is one that may be it: of as many requests, and not older.
 */
async function find(
  { requests, sinceMs, not }: SoughtBatch,
  page: (after: string | undefined) => Promise<JsonObject>,
): Promise<BatchView | undefined> {
  let after: string | undefined;
  for (;;) {
    const { data, has_more: hasMore } = parsed(batchList, await page(after));
    const isYoung = (batch: (typeof data)[number]): boolean =>
      Date.parse(batch.created_at) >= sinceMs - SKEW_MS;
    const found = data.find(
      (batch) => isYoung(batch) && !not.includes(batch.id) && toView(batch).counts?.total === requests,
    );
    if (found !== undefined) return toView(found);
    const last = data.at(-1);
    if (last === undefined || !hasMore || !isYoung(last)) return undefined;
    after = last.id;
  }
}

function readResult(line: JsonObject, context: ErrorContext): LaneResult | undefined {
  const told = resultLine.safeParse(line);
  if (!told.success) return undefined;
  const { custom_id: customId, result } = told.data;
  if (result.type === 'succeeded') {
    const reply = (): Parameters<typeof readAnswer>[0] => ({
      ...{ status: 200, headers: {}, body: Buffer.from(JSON.stringify(result.message ?? null)) },
    });
    return { customId, answer: () => readAnswer(reply(), context) };
  }
  if (result.type !== 'errored') return { customId, why: result.type };
  return {
    customId,
    answer: () => {
      const fault = { status: statusOf(result.error), headers: {}, body: Buffer.alloc(0) };
      throw errorOfBody(result.error, fault, context);
    },
  };
}

/** The error is wrapped: `{"type":"error","error":{"type":"invalid_request_error",…}}`. */
function statusOf(error: unknown): number {
  const inner = isJsonObject(error) && isJsonObject(error.error) ? error.error : error;
  const type = isJsonObject(inner) ? inner.type : undefined;
  return STATUSES[String(type)] ?? 500;
}
