import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../helpers/virtual-clock.ts';
import { openMock } from './ask-mock.ts';

const RATES = { errorRate: 0.2, resetRate: 0.2, brokenJsonRate: 0.2, emptyRate: 0.2, seed: 7 };

/** What becomes of one request, in one word. */
async function outcome(asked: Promise<{ status: number; text: string; json(): unknown }>): Promise<string> {
  const reply = await asked.catch(() => undefined);
  if (reply === undefined) return 'reset';
  if (reply.status !== 200) return String(reply.status);
  try {
    return JSON.stringify(reply.json()).includes('"content":""') ? 'empty' : 'ok';
  } catch {
    return 'broken';
  }
}

async function play(order: readonly number[], seed = RATES.seed): Promise<Record<number, string[]>> {
  const { chat } = await openMock({ ...RATES, seed }, () => 'An answer that is long enough.');
  const seen: Record<number, string[]> = {};
  for (const prompt of order) {
    seen[prompt] = [...(seen[prompt] ?? []), await outcome(chat(`prompt ${prompt}`))];
  }
  return seen;
}

describe('faults', () => {
  it('depend on the seed, the prompt and the attempt, not on the order of the requests', async () => {
    const prompts = Array.from({ length: 12 }, (_, i) => i);
    const once = await play([...prompts, ...prompts]);
    const again = await play(prompts.flatMap((prompt) => [11 - prompt, 11 - prompt]));
    expect(again).toEqual(once);
    expect(await play([...prompts, ...prompts], 8)).not.toEqual(once);
    const kinds = new Set(Object.values(once).flat());
    expect(kinds).toEqual(new Set(['ok', 'empty', 'broken', 'reset', '500', '503']));
  });

  it('are errors in the shape of OpenAI', async () => {
    const { chat, server } = await openMock({ errorRate: 1 });
    const replies = await Promise.all(Array.from({ length: 20 }, (_, i) => chat(`${i}`)));
    expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([500, 503]));
    for (const reply of replies) expect(reply.json().error.type).toBe('server_error');
    expect(server.stats()).toMatchObject({ ok: 0, paid: 0 });
  });

  it('reset the connection after the headers and a part of the body, which is paid', async () => {
    const { chat, server } = await openMock({ resetRate: 1 });
    await expect(chat('a')).rejects.toThrow();
    await expect(chat('a')).rejects.toThrow();
    await expect.poll(() => server.stats().inFlight).toBe(0);
    expect(server.stats()).toMatchObject({
      resets: 2,
      paid: 2,
      paidAgainAfterFault: 1,
      paidTwice: 0,
      abandoned: 0,
    });
  });

  it('break the JSON of a body and of a stream', async () => {
    const { chat, server } = await openMock({ brokenJsonRate: 1 });
    const plain = await chat('a');
    expect(plain.status).toBe(200);
    expect(() => plain.json()).toThrow(SyntaxError);
    const stream = await chat('a', { stream: true });
    expect(stream.text).toMatch(/\[DONE\]\n\n$/);
    expect(() => JSON.parse(stream.text.split('\n\n')[0]?.slice('data: '.length) ?? '')).toThrow(SyntaxError);
    expect(server.stats()).toMatchObject({ brokenJson: 2, ok: 0, paid: 2 });
  });

  it('leave the answer empty', async () => {
    const { chat, server } = await openMock({ emptyRate: 1 });
    const { choices, usage } = (await chat('a')).json();
    expect(choices[0]).toMatchObject({ message: { content: '' }, finish_reason: 'stop' });
    expect(usage.completion_tokens).toBe(0);
    expect(server.stats()).toMatchObject({ empty: 1, ok: 0, paid: 1 });
  });

  it('hang until the client gives up, and do not outlive the server', async () => {
    const { chat, server } = await openMock({ hangRate: 1 });
    const leaving = new AbortController();
    const left = expect(chat('a', {}, leaving.signal)).rejects.toThrow();
    const cut = expect(chat('b')).rejects.toThrow();
    await expect.poll(() => server.stats().inFlight).toBe(2);
    leaving.abort();
    await left;
    await expect.poll(() => server.stats().inFlight).toBe(1);
    await server.close();
    await cut;
    await expect.poll(() => server.stats().inFlight).toBe(0);
    expect(server.stats()).toMatchObject({ hangs: 2, paid: 2, abandoned: 0 });
  });
});

describe('a client that leaves before its answer', () => {
  it('has paid for it, and pays again when it comes back', async () => {
    const clock = new VirtualClock();
    const latency = { kind: 'uniform', minMs: 1000, maxMs: 1000 } as const;
    const { chat, server } = await openMock({ latency }, () => 'ok', clock);
    const leaving = new AbortController();
    const left = expect(chat('a', {}, leaving.signal)).rejects.toThrow();
    await expect.poll(() => server.stats().paid).toBe(1);
    leaving.abort();
    await left;
    await expect.poll(() => server.stats().abandoned).toBe(1);

    const back = chat('a');
    await expect.poll(() => server.stats().paid).toBe(2);
    await clock.advance(1000);
    expect((await back).status).toBe(200);
    await expect.poll(() => server.stats().ok).toBe(1);
    expect(server.stats()).toMatchObject({ paidAgainAfterAbandon: 1, paidAgainAfterFault: 0, paidTwice: 0 });
  });
});
