import { describe, expect, it } from 'vitest';
import { answer } from '../helpers/endpoint.ts';
import type { ScriptedReply } from '../helpers/scripted-server.ts';
import { failure, repeatLast, summarise } from './summarise.ts';

/** Asks once for each name, which is the text as well; `of` gives a name's row, flat, and its number of requests. */
async function ask(
  replies: Readonly<Record<string, readonly ScriptedReply[]>>,
  args: readonly string[] = [],
) {
  const names = Object.keys(replies);
  const ended = await summarise((name, n) => repeatLast(replies[name] ?? [], n), { texts: names, args });
  const of = (name: string) => {
    const index = names.indexOf(name);
    const row = ended.rows.find((candidate) => candidate.index === index);
    const error = row?.status === 'error' ? row.error : {};
    return { ...row, ...error, requests: ended.asked[index] };
  };
  return { ...ended, of };
}

const json = (body: unknown): ScriptedReply => ({ body });

/** An answer that ended for this reason. */
const ending = (finish_reason: string, content: string | null, usage: object): ScriptedReply =>
  json({ choices: [{ index: 0, finish_reason, message: { role: 'assistant', content } }], usage });

describe.concurrent('a 200 that holds no answer', () => {
  it('is a retried fault where it names one that passes, and an error row else (case 15)', async () => {
    const good = answer('Fine.');
    const { of, rows, exitCode, stderr } = await ask(
      {
        'a slow down inside': [json({ error: { code: 429, message: 'slow down' } }), good],
        'a fault in the choice': [
          json({ choices: [{ finish_reason: 'error', error: { code: 502, message: 'upstream' } }] }),
          good,
        ],
        'a list of no choices': [json({ choices: [] }), good],
        'an object of nothing': [json({})],
        'a bare null': [json(null)],
        'a refusal by an unknown rule': [json({ error: { code: 'teapot', message: 'not today' } })],
      },
      ['--max-attempts', '2'],
    );
    for (const name of ['a slow down inside', 'a fault in the choice', 'a list of no choices']) {
      expect(of(name)).toMatchObject({ status: 'ok', summary: 'Fine.', requests: 2 });
    }
    for (const name of ['an object of nothing', 'a bare null']) {
      expect(of(name)).toMatchObject({ status: 'error', code: 'invalid_response', requests: 2 });
    }
    expect(of('a refusal by an unknown rule')).toMatchObject({ code: 'unexpected_answer', requests: 1 });
    expect(rows).toHaveLength(6);
    expect(exitCode).toBe(1);
    expect(stderr).not.toMatch(/TypeError|\n\s+at /);
  });

  it('is refused content in each of the three shapes in which Azure says so (case 18)', async () => {
    const filtered = ending('content_filter', null, { prompt_tokens: 11, completion_tokens: 3 });
    const { of, exitCode } = await ask({
      'a code of its own': [failure(400, { code: 'content_filter', message: 'The response was filtered' })],
      'a finish reason': [filtered],
      'a completion under a 400': [{ ...filtered, status: 400 }],
    });
    for (const name of ['a code of its own', 'a finish reason', 'a completion under a 400']) {
      expect(of(name)).toMatchObject({ code: 'content_filtered', requests: 1 });
    }
    for (const name of ['a finish reason', 'a completion under a 400']) {
      expect(of(name)).toMatchObject({ usage: { input_tokens: 11, output_tokens: 3 } });
    }
    expect(exitCode).toBe(1);
  });

  it('is never a blank summary: nothing under a spent budget fails, a part is marked as cut (case 19)', async () => {
    const usage = {
      prompt_tokens: 20,
      completion_tokens: 50,
      completion_tokens_details: { reasoning_tokens: 50 },
    };
    const { of, stderr } = await ask({
      'all of it thought away': [ending('length', '', usage)],
      'cut in the middle': [ending('length', 'The first half', usage)],
    });
    expect(of('all of it thought away')).toMatchObject({
      code: 'output_budget_spent',
      message: expect.stringContaining('output budget'),
      requests: 1,
      usage: { output_tokens: 50 },
    });
    expect(of('cut in the middle')).toMatchObject({
      status: 'ok',
      summary: 'The first half',
      truncated: true,
    });
    expect(stderr).toMatch(/truncated +1/);
  });
});

describe.concurrent('a body that is no JSON (case 23)', () => {
  it('is asked for again where it was cut, empty or the page of a gateway', async () => {
    const whole = answer('Whole.');
    const bytes = JSON.stringify(whole.body);
    const { rows, requests, exitCode } = await ask({
      'a bad gateway': [
        {
          status: 502,
          headers: { 'content-type': 'text/html' },
          body: '<html><h1>502 Bad Gateway</h1></html>',
        },
        whole,
      ],
      'an empty body': [{ headers: { 'content-type': 'application/json' } }, whole],
      'a body cut short': [
        {
          headers: { 'content-type': 'application/json' },
          body: bytes.slice(0, 40),
          contentLength: bytes.length,
        },
        whole,
      ],
    });
    expect(rows).toMatchObject(Array(3).fill({ status: 'ok', summary: 'Whole.', attempts: 2 }));
    expect(requests).toHaveLength(6);
    expect(exitCode).toBe(0);
  });

  it('ends the run where it is a login page, and shows its words without its code', async () => {
    const page =
      '<!doctype html><script>track("\u001b[31m")</script><title>Sign in</title><p>Your \u0007 password';
    const { rows, requests, stderr, exitCode } = await ask(
      { 'a text': [{ headers: { 'content-type': 'text/html' }, body: page }], 'another text': [{}] },
      ['--concurrency', '1'],
    );
    expect({ rows, sent: requests.length, exitCode }).toEqual({ rows: [], sent: 1, exitCode: 3 });
    expect(stderr).toMatch(
      /not a JSON API at http:\/\/127\.0\.0\.1:\d+\/v1\/chat\/completions: "Sign in Your password"/,
    );
    for (const hidden of ['track', '\u001b', '\u0007']) expect(stderr).not.toContain(hidden);
  });

  it('becomes an error row of valid JSON where another attempt does not help', async () => {
    const { of } = await ask(
      { 'a text': [{ headers: { 'content-type': 'application/json' }, body: '{"choices": "\u0001\n' }] },
      ['--max-attempts', '2'],
    );
    expect(of('a text')).toMatchObject({ code: 'invalid_response', requests: 2, attempts: 2 });
  });
});
