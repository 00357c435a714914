import { describe, expect, it } from 'vitest';
import { settleRunOptions } from '../../src/config/load-config.ts';
import type { Source } from '../../src/core/record.ts';
import { single } from '../../src/engine/task/single.ts';
import { type EstimateParts, estimate } from '../../src/estimate/estimate.ts';
import { type Assumptions, estimateJson } from '../../src/estimate/estimate-json.ts';
import { estimateText } from '../../src/estimate/estimate-text.ts';
import { createPrompt } from '../../src/prompt/create-prompt.ts';

/** Counts a token a character, so that sums are easy. */
const COUNTER = { encoding: 'o200k_base', isOwn: true, count: (text: string) => text.length } as const;

const ASSUMED: Assumptions = {
  provider: 'openai',
  model: 'some-model',
  latency: '1s',
  answerTokens: 100,
  concurrency: 10,
  encoding: 'o200k_base',
  isOwnEncoding: true,
};

const SETTINGS = { ...settleRunOptions({}), concurrency: 10 };

/** `n` records of 93 characters: 100 tokens each with those of the chat. */
function sourceOf(n: number): Source {
  return {
    bytesRead: () => 0,
    async *rows() {
      for (let index = 0; index < n; index++) {
        const text = 'x'.repeat(93);
        yield { ok: true, record: { id: '', index, text, fields: {}, at: { file: '', line: 1 } } } as never;
      }
    },
  };
}

async function of(n: number, given: Partial<EstimateParts> = {}) {
  return estimate({
    source: sourceOf(n),
    task: single(await createPrompt({ model: 'm', prompt: '{{text}}', params: {} })),
    settings: SETTINGS,
    shape: { provider: 'openai' },
    // $1 and $10 a million tokens.
    billing: {
      billed: true,
      costOf: ({ inputTokens = 0, outputTokens = 0 }) => (inputTokens + 10 * outputTokens) / 1e6,
    },
    counter: COUNTER,
    latency: { kind: 'uniform', minMs: 1000, maxMs: 1000 },
    answerTokens: 100,
    epochMs: 0,
    ...given,
  });
}

describe('an estimate', () => {
  it('sums up tokens, cost and time', async () => {
    const found = await of(500);
    expect(found.inputTokens).toEqual({ low: 50_000, expected: 50_000, high: 50_000 });
    expect(found.outputTokens).toEqual({ low: 25_000, expected: 50_000, high: 100_000 });
    expect(found.cost?.low).toBeCloseTo(0.3);
    expect(found.cost?.expected).toBeCloseTo(0.55);
    expect(found.cost?.high).toBeCloseTo(1.05);
    expect(found.run?.ms).toBeGreaterThan(50_000);
    expect(found.run?.ms).toBeLessThan(51_000);
  });

  it('expects no answer longer than is allowed', async () => {
    const found = await of(10, { settings: { ...SETTINGS, maxOutputTokens: 120 } });
    expect(found.outputTokens).toEqual({ low: 500, expected: 1000, high: 1200 });
    const short = await of(10, { settings: { ...SETTINGS, maxOutputTokens: 40 } });
    expect(short.outputTokens).toEqual({ low: 200, expected: 400, high: 400 });
  });

  it('knows no cost without a price, no time without a latency, and none where nothing is billed', async () => {
    const found = await of(10, { billing: { billed: true }, latency: undefined });
    expect([found.cost, found.run]).toEqual([undefined, undefined]);
    expect((await of(10, { billing: { billed: false } })).cost?.high).toBe(0);
  });

  it('is the same each time', async () => {
    const latency = { kind: 'lognormal', medianMs: 500, sigma: 0.5 } as const;
    const [one, other] = await Promise.all([of(300, { latency }), of(300, { latency })]);
    expect(one.run?.ms).toBe(other.run?.ms);
  });
});

describe('what is printed', () => {
  it('is a few aligned lines', async () => {
    expect(estimateText(await of(5000), ASSUMED)).toBe(
      [
        'records        5,000',
        'input tokens   500,000 (±0.00 %: counted 2,000 of 5,000 requests, by o200k_base)',
        'output tokens  500,000 (250,000 to 1,000,000: --answer-tokens 100)',
        'cost           $5.50 ($3.00 to $10.50)',
        'time           8m20s (10 requests/s, held back by --concurrency, at --latency 1s)',
        '',
      ].join('\n'),
    );
  });

  it('says what is unknown, what would fail and what would stop the run', async () => {
    const settings = { ...SETTINGS, tpm: 150, deadline: 3_600_000 };
    const failing = estimateText(await of(3, { settings }), { ...ASSUMED, isOwnEncoding: false });
    expect(failing).toContain('records        3, of which will fail: 3 request_too_large\n');
    expect(failing).toContain('by o200k_base, which may not be how some-model counts)\n');
    const stopped = estimateText(await of(500, { settings: { ...SETTINGS, deadline: 20_000 } }), ASSUMED);
    expect(stopped).toMatch(
      /\nstops early {4}after \d+ answers: the run was not done within 20 s \(--deadline\)\n$/,
    );
    expect(estimateText(await of(50), { ...ASSUMED, concurrency: 'auto' })).toMatch(
      /^time +5\.\d s at best \(/m,
    );
    const unknown = estimateText(await of(5, { billing: { billed: true }, latency: undefined }), ASSUMED);
    expect(unknown).toMatch(/^cost {11}unknown: .*--price-in and --price-out/m);
    expect(unknown).toMatch(/^time {11}unknown: .*--latency/m);
  });

  it('as JSON has null for what is unknown', async () => {
    expect(estimateJson(await of(500), ASSUMED)).toMatchObject({
      records: 500,
      input_tokens: { low: 50_000, expected: 50_000, high: 50_000 },
      cost_usd: { low: 0.3, expected: 0.55, high: 1.05 },
      seconds: expect.closeTo(50, 0),
      held_back_by: 'concurrency',
      stopped_by: null,
    });
    const unknown = await of(5, { billing: { billed: true }, latency: undefined });
    expect(estimateJson(unknown, { ...ASSUMED, latency: undefined })).toMatchObject({
      cost_usd: null,
      seconds: null,
      requests_per_second: null,
      assumed: { latency: null },
    });
  });
});
