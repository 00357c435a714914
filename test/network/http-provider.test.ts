import { describe, expect, it } from 'vitest';
import { run } from '../helpers/exec.ts';
import { sortedRows } from '../helpers/result-rows.ts';
import { type ScriptedReply, startScriptedServer } from '../helpers/scripted-server.ts';

/** Posts two records to an endpoint that is no chat endpoint. */
async function post(reply: ScriptedReply, args: readonly string[] = [], env: Record<string, string> = {}) {
  const server = await startScriptedServer([reply]);
  const input =
    '{"id":"a","text":"First \\"text\\" & more","lang":"en"}\n{"id":"b","text":"Zweiter Text","lang":"de"}\n';
  try {
    const ended = await run(['--url', `${server.url}/summarise?v=2`, '--concurrency', '1', ...args], {
      input,
      env,
    });
    return { ...ended, rows: sortedRows(ended.stdout), requests: server.requests };
  } finally {
    await server.close();
  }
}

describe.concurrent('--url, any endpoint', () => {
  it('posts each text as JSON and takes the usual fields of the answer', async () => {
    const { rows, requests, exitCode } = await post({ body: { summary: 'In short.' } });
    expect(requests.map(({ method, url, body }) => [method, url, JSON.parse(body)])).toEqual([
      ['POST', '/summarise?v=2', { text: 'First "text" & more' }],
      ['POST', '/summarise?v=2', { text: 'Zweiter Text' }],
    ]);
    expect(requests[0]?.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(rows).toMatchObject([
      { id: 'a', status: 'ok', summary: 'In short.' },
      { id: 'b', status: 'ok', summary: 'In short.' },
    ]);
    expect(exitCode).toBe(0);
  });

  it('takes an answer of plain text as it is', async () => {
    const { rows } = await post({ headers: { 'content-type': 'text/plain' }, body: 'In short,\nplain.' });
    expect(rows).toMatchObject([{ summary: 'In short,\nplain.' }, { summary: 'In short,\nplain.' }]);
  });

  it('fills a body of the user’s own and finds the summary where it is told to', async () => {
    const body =
      '{"doc": {{ text | json }}, "to": "{{ lang }}", "ask": {{ prompt | json }}, "model": {{ model | json }}}';
    const { rows, requests } = await post({ body: { result: [{ text: 'Deep.' }] } }, [
      ...['--body', body, '--response-path', 'result[0].text'],
      ...['--prompt', 'Shorten: {{ text }}', '-m', 'small-1'],
    ]);
    expect(JSON.parse(requests[1]?.body ?? '')).toEqual({
      doc: 'Zweiter Text',
      to: 'de',
      ask: 'Shorten: Zweiter Text',
      model: 'small-1',
    });
    expect(rows).toMatchObject([{ summary: 'Deep.' }, { summary: 'Deep.' }]);
  });

  it('posts a form', async () => {
    const { requests, exitCode } = await post({ body: 'Fine.' }, [
      ...['--body-type', 'form', '--body', '{"q": {{ text | json }}, "tags": ["x", "y"]}'],
    ]);
    expect(requests[0]?.headers).toMatchObject({ 'content-type': 'application/x-www-form-urlencoded' });
    expect([...new URLSearchParams(requests[0]?.body)]).toEqual([
      ['q', 'First "text" & more'],
      ['tags', 'x'],
      ['tags', 'y'],
    ]);
    expect(exitCode).toBe(0);
  });

  it('says what the answer has where it has no summary, and which field a record lacks', async () => {
    const without = await post({ body: { gist: 'x', score: 1 } });
    expect(without.rows).toMatchObject([
      { error: { code: 'unexpected_answer', message: expect.stringContaining('it has gist, score') } },
      { status: 'error', attempts: 1 },
    ]);
    expect(without.exitCode).toBe(1);
    const lacking = await post({}, ['--body', '{"text": {{ author | json }}}']);
    expect(lacking.rows).toMatchObject([
      { error: { code: 'prompt_field' } },
      { error: { code: 'prompt_field' } },
    ]);
    expect(lacking.requests).toEqual([]);
  });

  it('sends the key that was meant for it, and no other', async () => {
    const env = { OPENAI_API_KEY: 'sk-of-openai' };
    const bare = await post({ body: 'Fine.' }, [], env);
    expect(bare.requests[0]?.headers.authorization).toBeUndefined();
    const keyed = await post({ body: 'Fine.' }, [], { ...env, GISTMILL_API_KEY: 'gm-key' });
    expect(keyed.requests[0]?.headers.authorization).toBe('Bearer gm-key');
  });
});
