import { describe, expect, it } from 'vitest';
import type { LimitHeaders } from '../../src/mock/limit-headers.ts';
import { parseLimitHints } from '../../src/provider/rate-limit-headers.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';
import { openMock } from './ask-mock.ts';

/** 100 tokens. */
const TEXT_100 = 'x'.repeat(400);
/** 2023-11-14T22:13:20Z. */
const START = 1_700_000_000_000;

const LIMITS = { rpm: 60, tpm: 60_000, inputTpm: 30_000, outputTpm: 6000, rpd: 1000, tpd: 1_000_000 };

async function ask(limitHeaders: LimitHeaders, options = {}) {
  const clock = new VirtualClock(START);
  const { chat } = await openMock({ ...LIMITS, ...options, limitHeaders }, () => 'y'.repeat(40), clock);
  return { clock, chat, told: (await chat(TEXT_100)).headers };
}

/** All headers of the reply that have to do with limits. */
function limitsOf(headers: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => /limit|retry/.test(name)));
}

describe('the headers that tell of limits', () => {
  it('are OpenAI’s: a family of names, and resets as durations', async () => {
    const { told } = await ask('openai');
    expect(limitsOf(told)).toEqual({
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1s',
      'x-ratelimit-limit-tokens': '60000',
      'x-ratelimit-remaining-tokens': '990',
      'x-ratelimit-reset-tokens': '110ms',
      'x-ratelimit-limit-tokens-prompt': '30000',
      'x-ratelimit-remaining-tokens-prompt': '450',
      'x-ratelimit-reset-tokens-prompt': '200ms',
      'x-ratelimit-limit-tokens-generated': '6000',
      'x-ratelimit-remaining-tokens-generated': '100',
      'x-ratelimit-reset-tokens-generated': '100ms',
      'x-ratelimit-limit-requests-day': '1000',
      'x-ratelimit-remaining-requests-day': '999',
      'x-ratelimit-reset-requests-day': '1m26.4s',
      'x-ratelimit-limit-tokens-day': '1000000',
      'x-ratelimit-remaining-tokens-day': '999891',
      'x-ratelimit-reset-tokens-day': '9.504s',
    });
  });

  it('are Anthropic’s: resets at a time, none by the day', async () => {
    const { told } = await ask('anthropic');
    expect(limitsOf(told)).toEqual({
      'anthropic-ratelimit-requests-limit': '60',
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2023-11-14T22:13:21Z',
      'anthropic-ratelimit-tokens-limit': '60000',
      'anthropic-ratelimit-tokens-remaining': '990',
      'anthropic-ratelimit-tokens-reset': '2023-11-14T22:13:21Z',
      'anthropic-ratelimit-input-tokens-limit': '30000',
      'anthropic-ratelimit-input-tokens-remaining': '450',
      'anthropic-ratelimit-input-tokens-reset': '2023-11-14T22:13:21Z',
      'anthropic-ratelimit-output-tokens-limit': '6000',
      'anthropic-ratelimit-output-tokens-remaining': '100',
      'anthropic-ratelimit-output-tokens-reset': '2023-11-14T22:13:21Z',
    });
  });

  it('are the IETF’s: policies and what is left of them, by name', async () => {
    const { told } = await ask('ietf', { inputTpm: undefined, tpd: undefined });
    expect(limitsOf(told)).toEqual({
      'ratelimit-policy':
        '"requests-per-minute";q=60;w=60, "tokens-per-minute";q=60000;w=60;qu="tokens", ' +
        '"output-tokens-per-minute";q=6000;w=60;qu="output-tokens", "requests-per-day";q=1000;w=86400',
      ratelimit:
        '"requests-per-minute";r=0;t=1, "tokens-per-minute";r=990;t=1, ' +
        '"output-tokens-per-minute";r=100;t=1, "requests-per-day";r=999;t=87',
    });
  });

  it.each(['openai', 'anthropic', 'ietf'] as const)(
    'of %s are understood as they are meant',
    async (style) => {
      const { told } = await ask(style);
      const hints = parseLimitHints(told, START);
      expect(hints).toContainEqual(
        expect.objectContaining({ unit: 'requests', limit: 60, remaining: 0, resetMs: 1000 }),
      );
      expect(hints).toContainEqual(
        expect.objectContaining({ unit: 'tokens', limit: 60_000, remaining: 990 }),
      );
    },
  );

  it.each([
    ['openai', { 'retry-after': '1', 'retry-after-ms': '900' }],
    ['anthropic', { 'retry-after': '1' }],
    ['ietf', { 'retry-after': '1' }],
    ['none', {}],
  ] as const)('of %s say with a 429 how long to wait: %j', async (style, waits) => {
    const { chat } = await ask(style);
    const refused = await chat(TEXT_100);
    expect(refused.status).toBe(429);
    const retry = Object.entries(refused.headers).filter(([name]) => name.startsWith('retry'));
    expect(Object.fromEntries(retry)).toEqual(waits);
    if (style === 'none') expect(limitsOf(refused.headers)).toEqual({});
  });
});

describe('output', () => {
  it('of Anthropic’s kind is charged as it comes, however much was asked for', async () => {
    const clock = new VirtualClock(START);
    const options = { outputTpm: 6000, tpm: 60_000, limitHeaders: 'anthropic' } as const;
    const { chat, server } = await openMock(options, () => 'y'.repeat(600), clock);
    const { headers } = await chat(TEXT_100, { max_tokens: 5000 });
    expect(headers['anthropic-ratelimit-tokens-remaining']).toBe('850');
    expect(headers['anthropic-ratelimit-output-tokens-remaining']).toBe('0');
    expect(server.stats().maxTokensInAnyMinute).toBe(250);
    const refused = await chat(TEXT_100);
    expect(refused.json().error.message).toContain('on output tokens per min (OTPM): Limit 6000');
    await clock.advance(410);
    expect((await chat(TEXT_100)).status).toBe(200);
  });
});

describe('limits by the day', () => {
  it('may be used up at once; then what was used comes back all day long', async () => {
    const clock = new VirtualClock(START);
    const { chat } = await openMock({ rpd: 200 }, () => 'ok', clock);
    for (let n = 0; n < 200; n++) expect((await chat(`text ${n}`)).status).toBe(200);
    const refused = await chat('one more');
    expect(refused.json().error.message).toMatch(
      /^Rate limit reached for m in organization org-mock on requests per day \(RPD\): Limit 200, Used 200, Requested 1\. Please try again in 7m11\.9\d*s\.$/,
    );
    await clock.advance(432_000);
    expect((await chat('one more')).status).toBe(200);
    expect((await chat('two more')).status).toBe(429);
  });

  it('of tokens refuse a request that is larger than a day', async () => {
    const { chat } = await openMock({ tpd: 99 }, () => 'ok', new VirtualClock(START));
    const refused = await chat(TEXT_100);
    expect(refused.status).toBe(429);
    expect(refused.json().error.message).toContain(
      'Request too large for m in organization org-mock on tokens per day',
    );
  });
});
