import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../helpers/virtual-clock.ts';
import { openMock } from './ask-mock.ts';

/** 100 tokens with its answer left out. */
const TEXT_100 = 'x'.repeat(400);

describe('limits', () => {
  it('let a burst through and refuse the next request with the time to wait', async () => {
    const clock = new VirtualClock();
    const { chat, server } = await openMock({ rpm: 600 }, () => 'ok', clock);
    const statuses: number[] = [];
    for (let i = 0; i < 12; i++) statuses.push((await chat(`text ${i}`)).status);
    expect(statuses).toEqual([...new Array(11).fill(200), 429]);

    const refused = await chat('one more');
    expect(refused.headers).toMatchObject({
      'retry-after': '1',
      'retry-after-ms': '100',
      'x-ratelimit-limit-requests': '600',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1.1s',
    });
    expect(refused.json().error).toEqual({
      message:
        'Rate limit reached for m in organization org-mock on requests per min (RPM): Limit 600, Used 600, Requested 1. Please try again in 100ms.',
      type: 'requests',
      param: null,
      code: 'rate_limit_exceeded',
    });
    await clock.advance(100);
    expect((await chat('one more')).status).toBe(200);
    expect(server.stats()).toMatchObject({
      requests: 14,
      ok: 12,
      rateLimited: 2,
      maxRequestsInAnySecond: 14,
    });
  });

  it('write the headers on every reply, and none where there is no limit', async () => {
    const limited = await openMock({ rpm: 60, tpm: 60_000 }, () => 'ok', new VirtualClock());
    expect((await limited.chat(TEXT_100, { max_tokens: 50 })).headers).toMatchObject({
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1s',
      'x-ratelimit-limit-tokens': '60000',
      'x-ratelimit-remaining-tokens': '950',
      'x-ratelimit-reset-tokens': '150ms',
    });
    expect((await limited.chat('')).headers).toHaveProperty('x-ratelimit-limit-tokens');
    const free = await openMock();
    expect(Object.keys((await free.chat('a')).headers).join()).not.toContain('ratelimit');
  });

  it('charge max_tokens at admission, else the answer when it is there', async () => {
    const options = { tpm: 60_000 };
    const given = await openMock(options, () => 'ok', new VirtualClock());
    await given.chat(TEXT_100, { max_tokens: 900 });
    expect((await given.chat('x'.repeat(500))).headers['retry-after-ms']).toBe('25');
    expect(given.server.stats()).toMatchObject({ maxTokensInAnyMinute: 1000, tokensIn: 100, tokensOut: 1 });

    const open = await openMock(options, () => 'y'.repeat(4000), new VirtualClock());
    const reply = await open.chat(TEXT_100);
    expect(reply.headers['x-ratelimit-remaining-tokens']).toBe('0');
    expect(reply.json().usage.total_tokens).toBe(1100);
    expect(open.server.stats().maxTokensInAnySecond).toBe(1100);
  });

  it('let in a request larger than a burst, and name no wait for one larger than a minute', async () => {
    const clock = new VirtualClock();
    const { chat } = await openMock({ tpm: 6000 }, () => 'ok', clock);
    expect((await chat(TEXT_100, { max_tokens: 5000 })).status).toBe(200);
    const next = await chat('a');
    expect(next.status).toBe(429);
    expect(next.json().error).toMatchObject({ type: 'tokens', code: 'rate_limit_exceeded' });
    await clock.advance(Number(next.headers['retry-after-ms']));
    expect((await chat('a')).status).toBe(200);

    const tooLarge = await chat(TEXT_100, { max_tokens: 6000 });
    expect(tooLarge.status).toBe(429);
    expect(tooLarge.headers['retry-after']).toBeUndefined();
    expect(tooLarge.json().error.message).toContain('Request too large for m');
  });

  it('charge nothing for a refused request', async () => {
    const clock = new VirtualClock();
    const { chat } = await openMock({ rpm: 60, tpm: 60_000 }, () => '', clock);
    await chat(TEXT_100, { max_tokens: 1 });
    const remaining = (await chat(TEXT_100)).headers['x-ratelimit-remaining-tokens'];
    expect((await chat(TEXT_100)).headers['x-ratelimit-remaining-tokens']).toBe(remaining);
  });

  it('refuse with a 429 what exceeds the number in flight, and count the most there was', async () => {
    const clock = new VirtualClock();
    const latency = { kind: 'uniform', minMs: 50, maxMs: 50 } as const;
    const { chat, server } = await openMock({ maxInFlight: 2, latency }, () => 'ok', clock);
    const served = [chat('a'), chat('b')];
    await expect.poll(() => server.stats().inFlight).toBe(2);
    const refused = await chat('c');
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBeUndefined();
    await clock.advance(50);
    expect((await Promise.all(served)).map((reply) => reply.status)).toEqual([200, 200]);
    await expect.poll(() => server.stats().inFlight).toBe(0);
    expect(server.stats()).toMatchObject({ maxInFlight: 2, rateLimited: 1, ok: 2 });
  });

  it('start anew with a reset', async () => {
    const { chat, post } = await openMock({ rpm: 60 }, () => 'ok', new VirtualClock());
    await chat('a');
    expect((await chat('b')).status).toBe(429);
    await post('/reset', '');
    expect((await chat('b')).status).toBe(200);
  });
});
