import { describe, expect, it } from 'vitest';
import { AppError, ProviderError } from '../../src/core/errors.ts';
import { goodRows } from './helpers/records.ts';
import { runEngine, startEngine } from './helpers/run-engine.ts';

const interrupted = new AppError('interrupted', 'Ctrl-C');
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('a gentle stop', () => {
  it('writes what comes back within the grace; the rest has no row and counts as unfinished', async () => {
    const { control, start, clock, sink, source, provider } = startEngine({
      rows: goodRows(100),
      concurrency: 4,
      window: 16,
      script: (_request, n) => ({ latencyMs: 1000 + n }),
    });
    const run = start();
    await clock.advance(1500);
    const written = sink.outcomes.length;
    control.stop(interrupted);
    const end = await clock.until(run);
    expect(written).toBe(4);
    expect(sink.indexes).toEqual(upTo(8));
    expect(provider.arrivals).toHaveLength(8);
    expect(end).toEqual({ stoppedBy: interrupted, unfinished: source.taken - 8 });
    expect(sink.skipped.sort((a, b) => a - b)).toEqual(upTo(source.taken).slice(8));
    expect([sink.closed, source.closed]).toEqual([1, true]);
    expect(clock.pending).toBe(0);
  });

  it('cuts off what is still in flight when the grace is over', async () => {
    const { control, start, clock, sink, provider } = startEngine({
      rows: goodRows(100),
      concurrency: 2,
      graceMs: 3000,
      script: (_request, n) => (n === 0 ? { latencyMs: 2000 } : { hang: 'listening' }),
    });
    const run = start();
    await clock.advance(1000);
    control.stop(interrupted);
    const end = await clock.until(run);
    expect(clock.now()).toBe(4000);
    expect(sink.indexes).toEqual([0]);
    expect(provider.cut).toBe(1);
    expect(end.stoppedBy).toBe(interrupted);
  });

  it('becomes an end at once when it is forced', async () => {
    const { control, start, clock, sink } = startEngine({
      rows: goodRows(100),
      script: () => ({ hang: 'deaf' }),
    });
    const run = start();
    await clock.advance(1000);
    control.stop(interrupted);
    control.abort(interrupted);
    await clock.until(run);
    expect(clock.now()).toBe(1000);
    expect(sink.outcomes).toEqual([]);
    expect(sink.closed).toBe(1);
  });

  it('before the first record sends nothing', async () => {
    const { control, start, clock, provider, sink } = startEngine({ rows: goodRows(100) });
    control.stop(interrupted);
    const end = await clock.until(start());
    expect(end.stoppedBy).toBe(interrupted);
    expect(provider.arrivals).toEqual([]);
    expect(sink.closed).toBe(1);
  });

  it('does not depend on the input to listen', async () => {
    const { control, start, clock, source } = startEngine({
      rows: goodRows(100),
      window: 8,
      source: { deaf: true },
      script: () => ({ latencyMs: 1000 }),
    });
    const run = start();
    await clock.advance(500);
    control.stop(interrupted);
    await clock.until(run);
    expect(source.taken).toBe(8);
    expect(source.closed).toBe(true);
  });

  it('while all wait for rate capacity ends at once', async () => {
    const { control, start, clock, provider } = startEngine({
      rows: goodRows(100),
      limits: [{ unit: 'requests', limit: 1, windowMs: 60_000 }],
    });
    const run = start();
    await clock.advance(1000);
    control.stop(interrupted);
    await clock.until(run);
    expect(clock.now()).toBe(1000);
    expect(provider.arrivals).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });
});

describe('a stop for its own reasons', () => {
  it('comes when more records failed than are put up with', async () => {
    const { end, sink, provider } = await runEngine({
      rows: goodRows(100),
      concurrency: 4,
      maxFailures: { amount: 10, unit: 'count' },
      script: () => ({ latencyMs: 10, error: new ProviderError('bad_request', 'no') }),
    });
    expect(end.stoppedBy).toMatchObject({ code: 'too_many_failures' });
    expect(provider.arrivals.length).toBeLessThanOrEqual(11 + 4);
    expect(sink.outcomes.length).toBe(provider.arrivals.length);
  });

  it('comes when the input breaks off: what was read is finished first', async () => {
    const broke = new AppError('input_read', 'the disk is gone');
    const { end, sink } = await runEngine({
      rows: goodRows(3),
      source: { failure: broke },
      script: () => ({ latencyMs: 100 }),
    });
    expect(end).toEqual({ stoppedBy: broke, unfinished: 0 });
    expect(sink.indexes).toEqual([0, 1, 2]);
    expect(sink.closed).toBe(1);
  });

  it('names a fault of the input that is no known error', async () => {
    const { end } = await runEngine({ rows: [], source: { failure: new RangeError('a bug') } });
    expect(end.stoppedBy).toMatchObject({ code: 'internal', message: 'a bug' });
  });

  it('comes at once when the output fails: what is in flight would be paid for nothing', async () => {
    const gone = new AppError('output_closed', 'the reader has gone');
    const { end, sink, provider, clock } = await runEngine({
      rows: goodRows(100),
      concurrency: 4,
      sink: { failFrom: { write: 2, error: gone } },
      script: (_request, n) => ({ latencyMs: n < 3 ? 10 : 5000 }),
    });
    expect(end.stoppedBy).toBe(gone);
    expect(sink.outcomes).toHaveLength(2);
    expect(clock.now()).toBe(10);
    expect(provider.cut).toBeGreaterThan(0);
    expect(sink.closed).toBe(1);
  });

  it('comes when the output cannot be closed', async () => {
    const full = new AppError('output_write', 'no space left');
    const { end, clock } = await runEngine({ rows: goodRows(3), sink: { closeError: full } });
    expect(end.stoppedBy).toBe(full);
    expect(clock.pending).toBe(0);
  });

  it('is told to listeners once, with its reason', async () => {
    const { events, control, start, clock } = startEngine({
      rows: goodRows(10),
      script: () => ({ latencyMs: 100 }),
    });
    const reasons: AppError[] = [];
    events.on('stopping', ({ reason }) => reasons.push(reason));
    const run = start();
    await clock.advance(10);
    control.stop(interrupted);
    control.stop(new AppError('internal', 'later'));
    await clock.until(run);
    expect(reasons).toEqual([interrupted]);
  });
});
