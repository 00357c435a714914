import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MockServer, startMockServer } from '../../src/mock/start-mock-server.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';

type Answer = Record<string, unknown>;

const clock = new VirtualClock();
const options = {
  batchTime: 1000,
  batchTokens: 1200,
  batchExpireRate: 0.2,
  batchErrorRate: 0.2,
  seed: 5,
  key: 'k',
};
let server: MockServer;
beforeAll(async () => {
  server = await startMockServer(options, (text) => text, clock);
});
afterAll(() => server.close());

const requests = Array.from({ length: 20 }, (_, n) => ({
  custom_id: `c${n}`,
  body: { model: 'm', max_tokens: 50, messages: [{ role: 'user', content: `text ${n}` }] },
}));

async function call(
  method: string,
  path: string,
  body?: string | FormData,
  headers: Record<string, string> = {},
) {
  const auth = { authorization: 'Bearer k', 'x-api-key': 'k' };
  return fetch(`${server.url}/v1${path}`, {
    method,
    headers: { ...auth, ...headers },
    ...(body !== undefined && { body }),
  });
}

async function json(method: string, path: string, body?: object): Promise<Answer> {
  const reply = await call(method, path, body && JSON.stringify(body), {
    'content-type': 'application/json',
  });
  return (await reply.json()) as Answer;
}

async function upload(purpose = 'batch'): Promise<Answer> {
  const form = new FormData();
  const lines = requests.map((line) =>
    JSON.stringify({ ...line, method: 'POST', url: '/v1/chat/completions' }),
  );
  form.append('purpose', purpose);
  form.append('file', new Blob([lines.join('\n')]), 'in.jsonl');
  return (await (await call('POST', '/files', form)).json()) as Answer;
}

const asked = (fileId: unknown) => ({
  input_file_id: fileId,
  endpoint: '/v1/chat/completions',
  completion_window: '24h',
  metadata: { a: 'b' },
});

async function lines(path: string): Promise<Answer[]> {
  const text = await (await call('GET', path)).text();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}

test("a batch of OpenAI's goes through its states; what has expired and failed is in a file of its own", async () => {
  const { id: fileId } = await upload();
  const { id, metadata, status } = await json('POST', '/batches', asked(fileId));
  expect([metadata, status]).toEqual([{ a: 'b' }, 'validating']);
  const at = async (ms: number): Promise<Answer> => {
    await clock.advance(ms);
    return json('GET', `/batches/${id}`);
  };
  expect(await at(500)).toMatchObject({ status: 'in_progress', output_file_id: null });
  expect(await at(450)).toMatchObject({ status: 'finalizing' });
  const over = await at(100);
  expect(over).toMatchObject({ status: 'expired', request_counts: { total: 20 } });
  const output = await lines(`/files/${over.output_file_id}/content`);
  const errors = await lines(`/files/${over.error_file_id}/content`);
  const ids = [...output, ...errors].map(({ custom_id }) => custom_id);
  expect([...ids].sort()).toEqual(requests.map(({ custom_id }) => custom_id).sort());
  expect(ids).not.toEqual(requests.map(({ custom_id }) => custom_id));
  expect(output.every(({ error }) => error === null)).toBe(true);
  expect(errors.some(({ error }) => (error as Answer | null)?.code === 'batch_expired')).toBe(true);
  expect(errors.some(({ response }) => (response as Answer | null)?.status_code === 500)).toBe(true);
});

test('one more batch than there is room for fails by itself; a cancelled one keeps what was done', async () => {
  const { id: fileId } = await upload();
  const first = await json('POST', '/batches', asked(fileId));
  const second = await json('POST', '/batches', asked(fileId));
  await clock.advance(500);
  expect(await json('GET', `/batches/${second.id}`)).toMatchObject({
    status: 'failed',
    errors: { data: [{ code: 'token_limit_exceeded' }] },
  });
  expect(await json('POST', `/batches/${first.id}/cancel`)).toMatchObject({ status: 'cancelling' });
  await clock.advance(200);
  const cancelled = await json('GET', `/batches/${first.id}`);
  expect(cancelled.status).toBe('cancelled');
  const { completed, failed } = cancelled.request_counts as { completed: number; failed: number };
  expect(completed + failed).toBe(10);
  const errors = await lines(`/files/${cancelled.error_file_id}/content`);
  expect(errors.filter(({ error }) => (error as Answer | null)?.code === 'batch_cancelled')).toHaveLength(10);
  expect((await call('POST', `/batches/${first.id}/cancel`)).status).toBe(409);
});

test('batches are listed newest first, by pages', async () => {
  const all: unknown[] = [];
  let after = '';
  for (let more = true; more; ) {
    const page = await json('GET', `/batches?limit=2${after}`);
    const data = page.data as Answer[];
    all.push(...data.map(({ id }) => id));
    after = `&after=${data.at(-1)?.id}`;
    more = page.has_more === true;
  }
  expect(all).toEqual([...all].sort().reverse());
});

test("a batch of Anthropic's tells nothing of its requests until it has ended", async () => {
  const body = { requests: requests.map(({ custom_id, body: params }) => ({ custom_id, params })) };
  await clock.advance(2000);
  const { id, ...begun } = await json('POST', '/messages/batches', body);
  expect(begun).toMatchObject({
    processing_status: 'in_progress',
    request_counts: { processing: 20 },
    results_url: null,
  });
  expect((await call('GET', `/messages/batches/${id}/results`)).status).toBe(400);
  await clock.advance(2000);
  const ended = await json('GET', `/messages/batches/${id}`);
  expect(ended).toMatchObject({ processing_status: 'ended', request_counts: { processing: 0, canceled: 0 } });
  const results = await lines(`/messages/batches/${id}/results`);
  const types = new Set(results.map(({ result }) => (result as Answer).type));
  expect(types).toEqual(new Set(['succeeded', 'errored', 'expired']));
});

test.each([
  ['a wrong purpose', async () => upload('other'), 'purpose'],
  ['a file that is not there', async () => json('POST', '/batches', asked('file-99')), 'No such File object'],
  [
    'another window',
    async () => json('POST', '/batches', { ...asked('x'), completion_window: '1h' }),
    'completion_window',
  ],
  [
    'an id that is none',
    async () =>
      json('POST', '/messages/batches', { requests: [{ custom_id: 'a b', params: { max_tokens: 1 } }] }),
    'custom_id',
  ],
  [
    'the same id twice',
    async () =>
      json('POST', '/messages/batches', {
        requests: ['a', 'a'].map((custom_id) => ({ custom_id, params: { max_tokens: 1 } })),
      }),
    'not unique',
  ],
])('%s is refused', async (_, act, message) => {
  expect(JSON.stringify(await act())).toContain(message);
});

test('the key is asked for', async () => {
  const [openai, anthropic] = await Promise.all([
    fetch(`${server.url}/v1/batches`),
    fetch(`${server.url}/v1/messages/batches`),
  ]);
  expect([openai.status, anthropic.status]).toEqual([401, 401]);
});
