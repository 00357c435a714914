import { isJsonObject, type JsonObject } from '../core/json.ts';
import { withPath } from '../provider/base-path.ts';
import { type ErrorContext, errorOfBody } from '../provider/classify-error.ts';
import { createEndpoint, parseUrl } from '../provider/endpoint.ts';
import { joinUrl } from '../provider/openai/join-url.ts';
import { readAnswer as readChatAnswer } from '../provider/openai/read-answer.ts';
import { readAnswer as readResponse } from '../provider/openai-responses/read-answer.ts';
import type { BatchView, Lane, LaneResult, SoughtBatch } from './lane.ts';
import { LaneHttp } from './lane-http.ts';
import type { LaneOptions } from './open-lane.ts';
import { batchList, batchObject, fileObject, resultLine, toView } from './openai-batch-wire.ts';
import { parsed } from './parsed.ts';
import { formBody } from './stream-body.ts';

const OPENAI_BASE_URL = 'https://api.openai.com/v1';

/** OpenAI, "Batch API", rate limits: 50,000 requests and 200 MB a batch. */
const LIMITS = { requests: 50_000, bytes: 200_000_000 };
/** The only one there is (API reference, "Create batch"). */
const WINDOW = '24h';
const PAGE = 100;
/** Clocks may differ: a batch may be older than when it was about to be made by so much. */
const SKEW_MS = 10 * 60_000;
/** Where a batch keeps the token that tells it from others. */
const TOKEN = 'gistmill';

/** The Batch API of OpenAI, of Groq, or of another endpoint that is compatible with it. */
export function openAiLane(options: LaneOptions, isResponses: boolean): Lane {
  const base = basedOn(options.baseUrl);
  const endpoint = createEndpoint(base, options.apiKey);
  const context: ErrorContext = { endpoint, urlOption: '--base-url', epochMs: Date.now };
  const http = new LaneHttp({
    context,
    env: options.env,
    headers: { ...endpoint.credentials, ...options.headers },
  });
  const at = (path: string, query: Readonly<Record<string, string>> = {}): URL => {
    const url = withPath(base, `${base.pathname}${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url;
  };
  const asked = isResponses ? '/v1/responses' : '/v1/chat/completions';
  const view = (value: JsonObject): BatchView => toView(parsed(batchObject, value));
  return {
    name: 'openai',
    limits: LIMITS,
    line: (customId, body) =>
      `{"custom_id":${JSON.stringify(customId)},"method":"POST","url":"${asked}","body":${body}}\n`,
    upload: async (path, name, signal) => {
      const form = await formBody({ purpose: 'batch' }, path, name);
      return parsed(fileObject, await http.send(at('/files'), form, signal)).id;
    },
    create: async ({ token, fileId = '' }, signal) => {
      const batch = {
        input_file_id: fileId,
        endpoint: asked,
        completion_window: WINDOW,
        metadata: { [TOKEN]: token },
      };
      return view(await http.post(at('/batches'), batch, signal));
    },
    find: (sought, signal) => find(sought, (after) => http.get(at('/batches', pageQuery(after)), signal)),
    look: async (id, signal) => view(await http.get(at(`/batches/${id}`), signal)),
    cancel: async (id, signal) => {
      await http.post(at(`/batches/${id}/cancel`), undefined, signal);
    },
    fetch: async ({ files }, path, signal) => {
      for (const file of files) await http.download(at(`/files/${file}/content`), path, signal);
    },
    read: (line) => readResult(line, context, isResponses ? readResponse : readChatAnswer),
    close: () => http.close(),
  };
}

/** Everything before `/chat/completions`, whose rules for base URLs these are too. */
function basedOn(baseUrl = OPENAI_BASE_URL): URL {
  const url = joinUrl(parseUrl(baseUrl, '--base-url'));
  return withPath(url, url.pathname.replace(/\/chat\/completions$/i, ''));
}

function pageQuery(after: string | undefined): Record<string, string> {
  return { limit: String(PAGE), ...(after !== undefined && { after }) };
}

/** Newest first, as they are listed, back to when it could have been made. */
async function find(
  { token, sinceMs, not }: SoughtBatch,
  page: (after: string | undefined) => Promise<JsonObject>,
): Promise<BatchView | undefined> {
  let after: string | undefined;
  for (;;) {
    const { data, has_more: hasMore } = parsed(batchList, await page(after));
    const found = data.find(({ id, metadata }) => metadata?.[TOKEN] === token && !not.includes(id));
    if (found !== undefined) return toView(found);
    const last = data.at(-1);
    if (last === undefined || !hasMore || last.created_at * 1000 < sinceMs - SKEW_MS) return undefined;
    after = last.id;
  }
}

type ReadAnswer = typeof readChatAnswer;

function readResult(line: JsonObject, context: ErrorContext, readAnswer: ReadAnswer): LaneResult | undefined {
  const told = resultLine.safeParse(line);
  if (!told.success) return undefined;
  const { custom_id: customId, response, error } = told.data;
  if (response) {
    const headers = { 'x-request-id': response.request_id ?? undefined };
    const reply = (): Parameters<ReadAnswer>[0] => ({
      ...{ status: response.status_code, headers, body: Buffer.from(JSON.stringify(response.body ?? null)) },
    });
    return { customId, answer: () => readAnswer(reply(), context) };
  }
  const why = [error?.code, error?.message].filter(Boolean).join(': ');
  if (error?.code?.startsWith('batch_') || !isJsonObject(line.error)) return { customId, why };
  const fault = { status: 500, headers: {}, body: Buffer.alloc(0) };
  return {
    customId,
    answer: () => {
      throw errorOfBody({ error: line.error ?? null }, fault, context);
    },
  };
}
