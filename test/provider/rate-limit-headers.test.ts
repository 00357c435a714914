import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLimitHints } from '../../src/provider/rate-limit-headers.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');

describe('parseLimitHints', () => {
  it('reads the headers of OpenAI and Groq', () => {
    const headers = {
      'content-type': 'application/json',
      'x-ratelimit-limit-requests': '10000',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '6m0s',
      'x-ratelimit-limit-tokens': '200000',
      'x-ratelimit-remaining-tokens': '199826',
      'x-ratelimit-reset-tokens': '52ms',
    };
    expect(parseLimitHints(headers, NOW)).toEqual([
      { unit: 'requests', limit: 10_000, remaining: 0, resetMs: 360_000 },
      { unit: 'tokens', limit: 200_000, remaining: 199_826, resetMs: 52 },
    ]);
  });

  it('reads the headers of Anthropic, with dates for resets', () => {
    const headers = {
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '49',
      'anthropic-ratelimit-requests-reset': '2026-03-01T12:00:02Z',
      'anthropic-ratelimit-input-tokens-limit': '40000',
      'anthropic-ratelimit-input-tokens-remaining': '39000',
      'anthropic-ratelimit-output-tokens-limit': '8000',
      'anthropic-ratelimit-output-tokens-remaining': '8000',
      'anthropic-ratelimit-output-tokens-reset': '2026-03-01T11:00:00Z',
      'anthropic-ratelimit-tokens-remaining': '47000',
    };
    expect(parseLimitHints(headers, NOW)).toEqual([
      { unit: 'requests', limit: 50, remaining: 49, resetMs: 2000 },
      { unit: 'inputTokens', limit: 40_000, remaining: 39_000 },
      { unit: 'outputTokens', limit: 8000, remaining: 8000, resetMs: 0 },
      { unit: 'tokens', remaining: 47_000 },
    ]);
  });

  it('keeps windows of one unit apart, as Mistral and Cerebras name them', () => {
    const headers = {
      'x-ratelimit-limit-tokens-minute': '500000',
      'x-ratelimit-limit-tokens-month': '1000000000',
      'x-ratelimit-remaining-req-minute': '717',
      'x-ratelimit-limit-requests-day': '14400',
      'x-ratelimit-tokens-query-cost': '52',
      'x-ratelimitbysize-limit-minute': '400',
    };
    expect(parseLimitHints(headers, NOW)).toEqual([
      { unit: 'tokens', limit: 500_000, windowMs: 60_000 },
      { unit: 'tokens', limit: 1_000_000_000, windowMs: 2_592_000_000 },
      { unit: 'requests', remaining: 717, windowMs: 60_000 },
      { unit: 'requests', limit: 14_400, windowMs: 86_400_000 },
    ]);
  });

  it.each([
    [
      'the separate fields of early drafts',
      { 'ratelimit-limit': '100, 100;w=60', 'ratelimit-remaining': '50', 'ratelimit-reset': '5' },
      [{ unit: 'requests', limit: 100, remaining: 50, resetMs: 5000 }],
    ],
    [
      'the separate fields with a policy of several windows',
      {
        'ratelimit-limit': '10',
        'ratelimit-remaining': '9',
        'ratelimit-reset': '1',
        'ratelimit-policy': '10;w=1, 1000;w=3600;comment="an, hour"',
      },
      [
        { unit: 'requests', limit: 10, remaining: 9, resetMs: 1000, windowMs: 1000 },
        { unit: 'requests', limit: 1000, windowMs: 3_600_000 },
      ],
    ],
    [
      'the one field of draft 07',
      { ratelimit: 'limit=100, remaining=50, reset=5', 'ratelimit-policy': '100;w=60' },
      [{ unit: 'requests', limit: 100, remaining: 50, resetMs: 5000, windowMs: 60_000 }],
    ],
    [
      'the named policies of later drafts',
      {
        ratelimit: '"burst";r=7;t=12, "tokens";r=900;t=30',
        'ratelimit-policy':
          '"burst";q=10;w=60, "tokens";q=1000;w=60;qu="tokens", "size";q=9;qu="content-bytes"',
      },
      [
        { unit: 'requests', limit: 10, remaining: 7, resetMs: 12_000, windowMs: 60_000 },
        { unit: 'tokens', limit: 1000, remaining: 900, resetMs: 30_000, windowMs: 60_000 },
      ],
    ],
    [
      'a state without any policy',
      { ratelimit: '"default";r=50;t=30' },
      [{ unit: 'requests', remaining: 50, resetMs: 30_000 }],
    ],
    [
      'a flat state without any policy',
      { ratelimit: 'limit=9, remaining=3, reset=2' },
      [{ unit: 'requests', limit: 9, remaining: 3, resetMs: 2000 }],
    ],
    [
      'the plain names',
      {
        'x-ratelimit-limit': '60',
        'x-ratelimit-remaining': '58',
        'x-ratelimit-reset': String(NOW / 1000 + 2),
      },
      [{ unit: 'requests', limit: 60, remaining: 58, resetMs: 2000 }],
    ],
  ])('reads %s', (_name, headers, hints) => {
    expect(parseLimitHints(headers, NOW)).toEqual(hints);
  });

  it.each([
    {},
    { 'x-ratelimit-limit-requests': 'many' },
    { 'x-ratelimit-limit-requests': '-1' },
    { 'x-ratelimit-limit-requests': '0' },
    { 'x-ratelimit-reset-requests': '6m0s' },
    { 'x-ratelimit-constructor': '5' },
    { 'x-ratelimit-limit-images': '5' },
    { ratelimit: '"', 'ratelimit-policy': ';;=,' },
  ])('makes nothing of %j', (headers) => {
    expect(parseLimitHints(headers, NOW)).toEqual([]);
  });

  it('never tells a negative number, NaN or infinity, whatever the headers hold', () => {
    const name = fc.constantFrom(
      'x-ratelimit-limit-requests',
      'x-ratelimit-remaining-tokens',
      'x-ratelimit-reset-requests',
      'ratelimit',
      'ratelimit-policy',
      'ratelimit-limit',
      'ratelimit-remaining',
      'ratelimit-reset',
    );
    const value = fc.oneof(fc.string(), fc.double().map(String), fc.stringMatching(/^[a-z0-9;=", .]{0,30}$/));
    fc.assert(
      fc.property(fc.dictionary(name, value), fc.nat(), (headers, now) => {
        for (const { unit: _, ...numbers } of parseLimitHints(headers, now)) {
          for (const number of Object.values(numbers)) {
            expect(Number.isFinite(number) && number >= 0).toBe(true);
          }
        }
      }),
    );
  });
});
