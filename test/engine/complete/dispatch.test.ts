import { describe, expect, it } from 'vitest';
import { ProviderError } from '../../../src/core/errors.ts';
import type { QuotaOptions } from '../../../src/engine/limiter/quota.ts';
import { expectWithin, sumBetween } from '../helpers/arrivals.ts';
import { goodRow, goodRows } from '../helpers/records.ts';
import { runEngine, startEngine } from '../helpers/run-engine.ts';
import { seededRandom } from '../helpers/seeded-random.ts';

const MINUTE = 60_000;
const rpm = (limit: number): QuotaOptions => ({ unit: 'requests', limit, windowMs: MINUTE });
const tpm = (limit: number): QuotaOptions => ({ unit: 'tokens', limit, windowMs: MINUTE });
const counted = (arrivals: readonly { readonly at: number }[]) =>
  arrivals.map(({ at }) => ({ at, amount: 1 }));

describe('requests within a limit', () => {
  it('keep to it in every window from the very first request, retries included (case 13)', async () => {
    const random = seededRandom(13);
    const { provider, sink } = await runEngine({
      rows: goodRows(1500),
      ...{ concurrency: 50, maxAttempts: 20 },
      limits: [rpm(600)],
      script: () =>
        random() < 0.2 ? { error: new ProviderError('server_error', '500') } : { latencyMs: random() * 200 },
    });
    expect(sink.outcomes.every(({ ok }) => ok)).toBe(true);
    const arrived = counted(provider.arrivals);
    expect(arrived.length).toBeGreaterThan(1700);
    expectWithin(arrived, 600);
    expect(sumBetween(arrived, 0, 1000)).toBeLessThanOrEqual(11);
  });

  it('use up 99 % of it from end to end', async () => {
    const rows = goodRows(12_000);
    const { clock } = await runEngine({
      ...{ rows, concurrency: 64, limits: [rpm(6000)] },
      script: (_request, n) => ({ latencyMs: 100 + (n % 7) * 50 }),
    });
    expect((rows.length / 6000) * MINUTE).toBeGreaterThan((clock.now() - 400) * 0.99);
  });

  it('use up 97 % of the tokens, whatever the first guesses were', async () => {
    const random = seededRandom(97);
    const rows = Array.from({ length: 1000 }, (_, index) =>
      goodRow(index, 'word '.repeat(40 + random() * 400)),
    );
    const arrived: { at: number; amount: number }[] = [];
    const { clock, start } = startEngine({
      ...{ rows, concurrency: 64, limits: [tpm(60_000)] },
      script: ({ document }) => {
        const usage = { inputTokens: 20 + Math.round(document.text.length / 5), outputTokens: 60 };
        arrived.push({ at: clock.now(), amount: usage.inputTokens + usage.outputTokens });
        return { latencyMs: 1000 + random() * 2000, usage };
      },
    });
    await clock.until(start());
    const minutes = Math.floor(clock.now() / MINUTE);
    expect(minutes).toBeGreaterThanOrEqual(4);
    expect(sumBetween(arrived, 0, minutes * MINUTE) / (60_000 * minutes)).toBeGreaterThanOrEqual(0.97);
  });
});

describe('reserved tokens', () => {
  /** When the second of two requests is sent, each of which takes a little more than half of the limit. */
  async function secondSentAt(first: ProviderError): Promise<number | undefined> {
    const { provider } = await runEngine({
      rows: [goodRow(0, 'x'.repeat(2400)), goodRow(1, 'y'.repeat(2400))],
      ...{ concurrency: 1, maxAttempts: 1, limits: [tpm(1600)] },
      script: (_request, n) => ({ latencyMs: 10, ...(n === 0 ? { error: first } : {}) }),
    });
    return provider.arrivals[1]?.at;
  }

  it('of a failed request stand, for the endpoint may have counted them', async () => {
    expect(await secondSentAt(new ProviderError('server_error', '500'))).toBeGreaterThan(MINUTE - 1000);
  });

  it('come down to what the failure says was used', async () => {
    const usage = { inputTokens: 100, outputTokens: 0 };
    expect(await secondSentAt(new ProviderError('server_error', '500', { usage }))).toBeLessThan(5000);
  });

  it('of a rejected request are given back', async () => {
    const { provider } = await runEngine({
      rows: [goodRow(0, 'x'.repeat(2400))],
      limits: [tpm(1600)],
      script: (_request, n) =>
        n === 0 ? { error: new ProviderError('rate_limited', '429', { retryAfterMs: 1000 }) } : {},
    });
    expect(provider.arrivals.map(({ at }) => at)).toEqual([0, 1000]);
  });
});

describe('what the endpoint says of its limits', () => {
  it('is taken up on the way', async () => {
    const { provider, seen } = await runEngine({
      rows: goodRows(200),
      concurrency: 4,
      script: () => ({ latencyMs: 10, limits: [{ unit: 'requests', limit: 120 }] }),
    });
    expect(seen.limits).toEqual([{ unit: 'requests', perMinute: 120, source: 'endpoint' }]);
    const afterFirst = counted(provider.arrivals).slice(4);
    expectWithin(afterFirst, 120);
  });
});
