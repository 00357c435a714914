import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError, ProviderError } from '../../../src/core/errors.ts';
import { dedupe } from '../../../src/engine/complete/dedupe.ts';
import { requestKey } from '../../../src/engine/complete/request-key.ts';
import { EffortMeter } from '../../../src/engine/effort-meter.ts';
import type { Script } from '../../helpers/scripted-provider.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { goodRow } from '../helpers/records.ts';
import { type EngineOptions, runEngine, startEngine } from '../helpers/run-engine.ts';

const reuse = { keyOf: requestKey({ identity: 'scripted' }), dedupe: true };

function rowsOf(...texts: readonly string[]) {
  return texts.map((text, index) => goodRow(index, text));
}

async function answered(options: EngineOptions) {
  const engine = await runEngine({ reuse, ...options });
  const byIndex = engine.sink.outcomes.toSorted((a, b) => a.record.index - b.record.index);
  expect(engine.clock.pending).toBe(0);
  return { ...engine, outcomes: byIndex, sent: engine.provider.arrivals.map(({ text }) => text) };
}

const echo: Script = ({ document }) => ({
  latencyMs: 100,
  text: `of ${document.text}`,
  usage: { inputTokens: 5, outputTokens: 2 },
});

describe('identical requests', () => {
  test('that are open at once are sent once, and each record gets the answer', async () => {
    const { outcomes, sent, seen } = await answered({ rows: rowsOf('a', 'b', 'a', 'a'), script: echo });
    expect(sent).toEqual(['a', 'b']);
    expect(outcomes.map((outcome) => outcome.ok && outcome.answer.text)).toEqual([
      ...['of a', 'of b', 'of a', 'of a'],
    ]);
    expect(outcomes[0]).toMatchObject({ effort: { attempts: 1, usage: { inputTokens: 5 } } });
    expect(outcomes[2]).toMatchObject({
      answer: { from: 'memory' },
      effort: { attempts: 0, usage: {}, latencyMs: 0 },
    });
    expect(outcomes[0]).not.toHaveProperty('answer.from');
    expect(seen.saved).toEqual([
      { id: 'r2', from: 'memory' },
      { id: 'r3', from: 'memory' },
    ]);
  });

  test('that come later are answered from memory', async () => {
    const { sent, seen } = await answered({ rows: rowsOf('a', 'b', 'a'), script: echo, window: 1 });
    expect(sent).toEqual(['a', 'b']);
    expect(seen.saved).toEqual([{ id: 'r2', from: 'memory' }]);
  });

  test('share a failure while they wait for it; it is not remembered', async () => {
    const refusal = new ProviderError('bad_request', 'HTTP 400');
    const script: Script = (_, n) => ({ latencyMs: 10, ...(n === 0 && { error: refusal }) });
    const { outcomes, sent, seen } = await answered({ rows: rowsOf('a', 'a', 'b', 'a'), script, window: 2 });
    expect(outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.error.code))).toEqual([
      ...['bad_request', 'bad_request', 'ok', 'ok'],
    ]);
    expect(sent).toEqual(['a', 'b', 'a']);
    expect(seen.saved).toEqual([]);
  });

  test('are sent each where the switch is off', async () => {
    const off = { ...reuse, dedupe: false };
    expect((await answered({ rows: rowsOf('a', 'a'), script: echo, reuse: off })).sent).toEqual(['a', 'a']);
  });

  test('never mix answers: each record gets that of its own text, sent once where all fits in memory', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 }),
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 5, maxLength: 5 }),
        async (texts, window, latencies) => {
          const script: Script = ({ document: { text } }, n) => ({
            latencyMs: latencies[n % 5] ?? 0,
            text: `of ${text}`,
          });
          const { outcomes, sent } = await answered({ rows: rowsOf(...texts), script, window });
          expect(outcomes.map((outcome) => outcome.ok && outcome.answer.text)).toEqual(
            texts.map((text) => `of ${text}`),
          );
          expect(sent.toSorted()).toEqual([...new Set(texts)].toSorted());
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('a record that waits for the answer to another', () => {
  test('has its own deadline, which runs from the moment at which the request was sent', async () => {
    const script: Script = () => ({ hang: 'listening' });
    const { outcomes, sent } = await answered({
      ...{ rows: rowsOf('a', 'a'), script, recordDeadlineMs: 1000, concurrency: 1 },
    });
    expect(outcomes).toMatchObject([
      { error: { code: 'record_deadline' }, effort: { attempts: 1, latencyMs: 1000 } },
      { error: { code: 'record_deadline' } },
    ]);
    expect(sent.length).toBeLessThanOrEqual(2);
  });

  test('does not lose its time while the other waits for its turn', async () => {
    const script: Script = () => ({ latencyMs: 900 });
    const { outcomes, sent } = await answered({
      ...{ rows: rowsOf('x', 'y', 'a', 'a'), script, recordDeadlineMs: 1000, concurrency: 1 },
    });
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    expect(sent).toEqual(['x', 'y', 'a']);
  });

  test('asks for itself where the other has run out of its time', async () => {
    // The second comes late, so that most of its own time is left when that of the first is over.
    const script: Script = ({ document }, n) =>
      document.text === 'b' ? { latencyMs: 800 } : n === 0 ? { hang: 'listening' } : { latencyMs: 100 };
    const { outcomes, sent } = await answered({
      ...{ rows: rowsOf('a', 'b', 'a', 'a'), script, recordDeadlineMs: 1000, window: 2 },
    });
    expect(outcomes.map(({ ok }) => ok)).toEqual([false, true, true, true]);
    expect(sent).toEqual(['a', 'b', 'a']);
  });

  test('is not done, rather than failed, where the run stops', async () => {
    const engine = startEngine({
      ...{ rows: rowsOf('a', 'a', 'a'), script: () => ({ hang: 'deaf' }), reuse, graceMs: 500 },
    });
    const running = engine.start();
    await engine.clock.advance(10);
    const reason = new AppError('interrupted', 'Ctrl-C');
    engine.control.stop(reason);
    expect(await engine.clock.until(running)).toEqual({ stoppedBy: reason, unfinished: 3 });
    expect(engine.sink.outcomes).toEqual([]);
    expect(engine.clock.pending).toBe(0);
  });

  test('is answered in the time that a stop leaves to what is in flight', async () => {
    const engine = startEngine({ rows: rowsOf('a', 'a'), script: echo, reuse });
    const running = engine.start();
    await engine.clock.advance(10);
    engine.control.stop(new AppError('interrupted', 'Ctrl-C'));
    expect((await engine.clock.until(running)).unfinished).toBe(0);
  });

  test('is not counted by the budget', async () => {
    const { outcomes } = await answered({
      ...{ rows: rowsOf('a', 'a', 'a', 'a'), script: echo, budget: { maxTokens: 12 }, window: 1 },
    });
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(4);
  });
});

test('identical requests that are asked for in one turn of the event loop are sent once', async () => {
  const keyOf = requestKey({ identity: 'scripted' });
  let sent = 0;
  const complete = dedupe(
    async () => {
      sent += 1;
      return { text: 'once', finish: { unified: 'stop' }, usage: {} };
    },
    { keyOf, emit: () => {} },
  );
  const call = { id: 'r', effort: new EffortMeter(new VirtualClock()), priority: 0 };
  const request = { model: 'm', messages: [], params: {}, document: { text: 'a', fields: {} } };
  const answers = await Promise.all([
    complete(request, call),
    complete(request, call),
    complete(request, call),
  ]);
  expect(answers.map(({ text }) => text)).toEqual(['once', 'once', 'once']);
  expect(sent).toBe(1);
});
