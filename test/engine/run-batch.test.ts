import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/core/errors.ts';
import { brokenRow, goodRow, goodRows } from './helpers/records.ts';
import { runEngine, startEngine } from './helpers/run-engine.ts';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('a batch', () => {
  it('gives each record one outcome, with its own answer', async () => {
    const { sink, end } = await runEngine({
      rows: goodRows(50),
      script: ({ document }, n) => ({ latencyMs: 100 - n, text: `summary of ${document.text}` }),
    });
    expect(sink.indexes).toEqual(upTo(50));
    for (const outcome of sink.outcomes) {
      expect(outcome).toMatchObject({
        ok: true,
        answer: { text: `summary of text ${outcome.record.index}` },
      });
    }
    expect(end).toEqual({ stoppedBy: undefined, unfinished: 0 });
    expect(sink.closed).toBe(1);
  });

  it('of nothing ends well', async () => {
    const { sink, end, provider } = await runEngine({ rows: [] });
    expect(end).toEqual({ stoppedBy: undefined, unfinished: 0 });
    expect([sink.closed, provider.arrivals.length]).toEqual([1, 0]);
  });

  it('hands outcomes on as they complete, each with its index', async () => {
    const { sink } = await runEngine({
      rows: goodRows(8),
      concurrency: 8,
      script: (_request, n) => ({ latencyMs: 100 - 10 * n }),
    });
    expect(sink.outcomes.map(({ record }) => record.index)).toEqual(upTo(8).reverse());
  });

  it('keeps as many requests in flight as it may, and never more', async () => {
    const { provider, clock } = await runEngine({
      rows: goodRows(200),
      concurrency: 7,
      script: () => ({ latencyMs: 100 }),
    });
    expect(provider.mostInFlight).toBe(7);
    expect(clock.now()).toBe(Math.ceil(200 / 7) * 100);
  });

  it('makes an outcome of a broken record and goes on', async () => {
    const rows = [goodRow(0), brokenRow(1), goodRow(2)];
    const { sink, provider } = await runEngine({ rows });
    expect(sink.indexes).toEqual([0, 1, 2]);
    const broken = sink.outcomes.find(({ record }) => record.index === 1);
    expect(broken).toMatchObject({
      ok: false,
      error: { code: 'invalid_json' },
      effort: { attempts: 0, latencyMs: 0 },
    });
    expect(provider.arrivals).toHaveLength(2);
  });

  it('makes an outcome of a record that its prompt cannot take', async () => {
    const prompt = {
      render: () => {
        throw new AppError('prompt_field', 'no such field');
      },
    };
    const { sink, provider } = await runEngine({ rows: goodRows(3), prompt });
    expect(sink.outcomes.map((outcome) => !outcome.ok && outcome.error.code)).toEqual(
      Array(3).fill('prompt_field'),
    );
    expect(provider.arrivals).toHaveLength(0);
  });

  it('makes an outcome of a record larger than the whole limit', async () => {
    const { sink, provider, clock } = await runEngine({
      rows: [goodRow(0, 'x'.repeat(100_000)), goodRow(1)],
      limits: [{ unit: 'tokens', limit: 5000, windowMs: 60_000 }],
    });
    const [first] = sink.outcomes;
    expect(first).toMatchObject({ ok: false, error: { code: 'request_too_large' }, effort: { attempts: 0 } });
    expect(provider.arrivals).toHaveLength(1);
    expect(clock.now()).toBeLessThan(1000);
  });

  it('is not harmed by a listener that throws', async () => {
    const { events, start, clock, sink } = startEngine({ rows: goodRows(5) });
    for (const name of ['record', 'waiting', 'attempt', 'attemptEnd', 'outcome', 'end'] as const) {
      events.on(name, () => {
        throw new Error('a bug in a listener');
      });
    }
    expect(await clock.until(start())).toEqual({ stoppedBy: undefined, unfinished: 0 });
    expect(sink.outcomes).toHaveLength(5);
  });
});

describe('backpressure', () => {
  it('never has more records open than the window', async () => {
    const { source, start, clock, sink } = startEngine({
      rows: goodRows(60),
      window: 9,
      script: () => ({ latencyMs: 50 }),
    });
    const run = start();
    let most = 0;
    for (let ms = 0; ms < 1000; ms += 10) {
      await clock.advance(10);
      most = Math.max(most, source.taken - sink.outcomes.length);
    }
    await clock.until(run);
    expect(most).toBe(9);
  });

  it('a slow output stops the reader and the requests', async () => {
    const { source, provider, start, clock } = startEngine({
      rows: goodRows(1000),
      window: 8,
      sink: { writeMs: 60_000 },
    });
    void start();
    await clock.advance(59_000);
    expect(source.taken).toBe(8);
    expect(provider.arrivals).toHaveLength(8);
  });

  it('a slow endpoint stops the reader', async () => {
    const { source, start, clock } = startEngine({
      rows: goodRows(1000),
      concurrency: 2,
      window: 5,
      script: () => ({ hang: 'listening' }),
    });
    void start();
    await clock.advance(1000);
    expect(source.taken).toBe(5);
  });
});
