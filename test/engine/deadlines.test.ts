import { describe, expect, test } from 'vitest';
import { ProviderError } from '../../src/core/errors.ts';
import { startRunDeadline } from '../../src/engine/run-deadline.ts';
import type { Script } from '../helpers/scripted-provider.ts';
import { goodRow, goodRows } from './helpers/records.ts';
import { runEngine, startEngine } from './helpers/run-engine.ts';

const failing: Script = () => ({ error: new ProviderError('server_error', 'HTTP 500') });

describe('the deadline of a record', () => {
  test('cuts its attempt, names itself and leaves the others alone', async () => {
    const script: Script = ({ document }) =>
      document.text === 'slow' ? { hang: 'listening' } : { latencyMs: 10 };
    const rows = [goodRow(0, 'slow'), ...[1, 2, 3].map((i) => goodRow(i))];
    const engine = await runEngine({ rows, script, recordDeadlineMs: 2000 });
    const slow = engine.sink.outcomes.find(({ record }) => record.index === 0);
    expect(slow).toMatchObject({
      ok: false,
      error: { code: 'record_deadline', retryable: true },
      effort: { attempts: 1, latencyMs: 2000 },
    });
    expect(engine.sink.outcomes.filter(({ ok }) => ok)).toHaveLength(3);
    expect(engine.end).toEqual({ stoppedBy: undefined, unfinished: 0 });
    expect(engine.provider.cut).toBe(1);
    expect(engine.seen.attemptEnds.at(-1)).toMatchObject({ error: { code: 'record_deadline' } });
    expect(engine.clock.pending).toBe(0);
  });

  test('cuts the wait between two attempts', async () => {
    const slowly: Script = () => ({
      error: new ProviderError('server_error', 'HTTP 500', { retryAfterMs: 600_000 }),
    });
    const engine = await runEngine({ rows: goodRows(1), script: slowly, recordDeadlineMs: 5000 });
    expect(engine.sink.outcomes).toMatchObject([
      { error: { code: 'record_deadline' }, effort: { attempts: 1, latencyMs: 5000 } },
    ]);
    expect(engine.clock.pending).toBe(0);
  });

  test('cuts the wait for rate capacity, which then goes to others', async () => {
    const script: Script = ({ document }) => (document.text === 'text 0' ? failing({} as never, 0) : {});
    const limits = [{ unit: 'requests', limit: 1, windowMs: 60_000 }] as const;
    const engine = await runEngine({ rows: goodRows(2), script, limits, recordDeadlineMs: 5000 });
    const [first, second] = engine.sink.outcomes;
    expect(first).toMatchObject({ error: { code: 'record_deadline' }, effort: { latencyMs: 5000 } });
    expect(second).toMatchObject({ ok: true });
    expect(engine.provider.arrivals).toHaveLength(2);
    expect(engine.clock.pending).toBe(0);
  });

  test('cuts the wait for a slot', async () => {
    const script: Script = ({ document }) =>
      document.text === 'text 0' ? failing({} as never, 0) : { latencyMs: 60_000 };
    const engine = await runEngine({
      ...{ rows: goodRows(3), script, concurrency: 1, recordDeadlineMs: 50_000 },
    });
    const first = engine.sink.outcomes.find(({ record }) => record.index === 0);
    expect(first).toMatchObject({
      error: { code: 'record_deadline' },
      effort: { attempts: 1, latencyMs: 50_000 },
    });
    expect(engine.clock.pending).toBe(0);
  });

  test('runs from the first attempt, not from the reading', async () => {
    const script: Script = () => ({ latencyMs: 900 });
    const engine = await runEngine({ rows: goodRows(8), script, concurrency: 1, recordDeadlineMs: 1000 });
    expect(engine.sink.outcomes.every(({ ok }) => ok)).toBe(true);
    expect(engine.clock.pending).toBe(0);
  });

  test('is no cause for another attempt', async () => {
    const engine = await runEngine({
      ...{ rows: goodRows(1), script: () => ({ hang: 'deaf' }), recordDeadlineMs: 1000 },
    });
    expect(engine.provider.arrivals).toHaveLength(1);
    expect(engine.sink.outcomes).toMatchObject([{ error: { code: 'record_deadline' } }]);
  });
});

describe('the deadline of the run', () => {
  test('stops it gently: what is in flight comes back, the rest is for the next run', async () => {
    const script: Script = () => ({ latencyMs: 700 });
    const engine = startEngine({ rows: goodRows(100), script, graceMs: 5000 });
    startRunDeadline(engine.control, engine.clock, 1000);
    const end = await engine.clock.until(engine.start());
    expect(end).toMatchObject({ stoppedBy: { code: 'run_deadline' } });
    expect(engine.sink.outcomes).toHaveLength(8);
    expect(engine.sink.outcomes.every(({ ok }) => ok)).toBe(true);
    expect(engine.provider.cut).toBe(0);
    expect(engine.clock.pending).toBe(0);
  });

  test('does nothing once it is taken back', async () => {
    const engine = startEngine({ rows: goodRows(1) });
    startRunDeadline(engine.control, engine.clock, 1000)();
    await engine.clock.advance(2000);
    expect(engine.control.reason).toBeUndefined();
  });
});
