import { describe, expect, it } from 'vitest';
import type { MockStats } from '../../src/mock/stats.ts';
import { run } from '../helpers/exec.ts';
import { sortedRows } from '../helpers/result-rows.ts';
import { withMock } from './mock-process.ts';
import { toInput } from './summarise.ts';

const DOCUMENT = [
  'The old bridge over the river was closed on Monday after the flood had damaged two of its pillars.',
  'Engineers will test the stone this week.',
  'A ferry carries people across until then, and the town pays for it.',
].join(' ');

describe.concurrent('gistmill mock', () => {
  it('says where it listens, serves a run with summaries of the texts, and ends at SIGTERM with 0', async () => {
    const { ended } = await withMock(['--latency', '5'], async ({ url, stats }) => {
      const texts = [DOCUMENT, 'Short.', `Quoted: <document>\n${DOCUMENT}\n</document>`];
      const { stdout, exitCode } = await run(['--base-url', `${url}/v1`, '-m', 'any-model'], {
        input: toInput(texts),
      });
      expect(exitCode).toBe(0);
      for (const [i, row] of sortedRows(stdout).entries()) {
        const summary = row.status === 'ok' ? row.summary : '';
        expect(summary).not.toBe('');
        // Sentences of the document, and not a word of what was asked.
        for (const sentence of summary.split(/(?<=\.)\s+/)) expect(texts[i]).toContain(sentence);
      }
      expect(await stats()).toMatchObject({ requests: 3, ok: 3, paid: 3, paidTwice: 0, inFlight: 0 });
    });
    expect(ended).toMatchObject({ exitCode: 0, signal: null, stdout: '' });
    expect(ended.stderr.split('\n')).toHaveLength(2);
  });

  it('streams where it is asked to', async () => {
    await withMock([], async ({ url }) => {
      const messages = [{ role: 'user', content: DOCUMENT }];
      const body = JSON.stringify({
        model: 'm',
        messages,
        stream: true,
        stream_options: { include_usage: true },
      });
      const reply = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body });
      expect(reply.headers.get('content-type')).toMatch(/^text\/event-stream/);
      const events = (await reply.text()).split('\n\n').map((event) => event.replace(/^data: /, ''));
      expect(events.slice(-2)).toEqual(['[DONE]', '']);
      const chunks = events.slice(0, -2).map((event) => JSON.parse(event));
      const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
      expect(DOCUMENT).toContain(text.split('. ')[0]);
      expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: expect.any(Number) } });
    });
  });

  it('takes only the key and the models that it is given', async () => {
    await withMock(['--key', 'right', '--models', 'a,b'], async ({ url, stats }) => {
      const ask = (model: string, key: string) =>
        run(['--base-url', `${url}/v1`, '-m', model], { input: 'A text.\n', env: { GISTMILL_API_KEY: key } });
      expect((await ask('a', 'right')).exitCode).toBe(0);
      const wrongKey = await ask('a', 'wrong-key-123');
      expect(wrongKey.exitCode).toBe(3);
      expect(wrongKey.stderr).toContain('401 invalid_api_key');
      const wrongModel = await ask('c', 'right');
      expect(wrongModel.exitCode).toBe(3);
      expect(wrongModel.stderr).toContain('hint: check --model');
      const { errors }: MockStats = await stats();
      expect(errors).toEqual({ 401: 1, 404: 1 });
    });
  });

  it('refuses a port in use and faults that add up to more than 1, with exit code 2', async () => {
    await withMock([], async ({ url }) => {
      const { stderr, exitCode } = await run(['mock', '--port', new URL(url).port]);
      expect(stderr).toMatch(/^gistmill: --port: \d+ is in use\nhint: /);
      expect(exitCode).toBe(2);
    });
    const { stderr, exitCode } = await run([
      'mock',
      '--port',
      '0',
      '--error-rate',
      '0.7',
      '--hang-rate',
      '0.4',
    ]);
    expect(stderr).toContain('add up to 1.1, which is more than 1');
    expect(exitCode).toBe(2);
  });
});
