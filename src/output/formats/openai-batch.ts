import type { ResultRow } from '../row-schema.ts';
import type { Format } from './format.ts';
import { jsonlFormat } from './jsonl.ts';

/** What the API calls the ends of answers; of any other it has no word. */
const FINISH_REASONS: Readonly<Record<string, string>> = { length: 'length', filter: 'content_filter' };

/**
 * Lines as OpenAI's Batch API and the batch runner of vLLM write them (API reference, "The request output object").
 * Besides what these hold, each has what tells its record from all others, so that a run can go on after it.
 */
export const openAiBatchFormat: Format = {
  encode: (row) => jsonlFormat.encode({ ...identityOf(row), ...lineOf(row) } as unknown as ResultRow),
};

/** First, where a journal finds it at once. */
function identityOf({
  key,
  made_by,
  content,
  status,
  usage,
  cost_usd,
  attempts,
  at,
  index,
}: ResultRow): object {
  return { key, made_by, content, status, usage, cost_usd, attempts, at, index };
}

function lineOf(row: ResultRow): object {
  const id = `batch_req_${row.key ?? row.index}`;
  return {
    ...{ id, custom_id: row.id },
    ...(row.status === 'ok' ? answered(row, id) : failed(row, id)),
  };
}

function answered(row: Extract<ResultRow, { status: 'ok' }>, id: string): object {
  const { input_tokens: input, output_tokens: output } = row.usage;
  const isKnown = input !== undefined && output !== undefined;
  const body = {
    ...{ id: id.replace('batch_req_', 'chatcmpl-'), object: 'chat.completion' },
    ...{ created: Math.floor(Date.now() / 1000), model: row.model ?? '' },
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: row.summary, refusal: null },
        logprobs: null,
        finish_reason: FINISH_REASONS[row.finish_reason] ?? 'stop',
      },
    ],
    ...(isKnown && {
      usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
    }),
  };
  return { response: { status_code: 200, request_id: id, body }, error: null };
}

/** Of a request that was answered with an error the answer, of one that was not the reason. */
function failed({ error }: Extract<ResultRow, { status: 'error' }>, id: string): object {
  const { code, message, http_status: status } = error;
  const told = { code, message };
  if (status === undefined || status < 400) return { response: null, error: told };
  const body = { error: { message, type: code, param: null, code } };
  return { response: { status_code: status, request_id: id, body }, error: told };
}
