import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/core/errors.ts';
import type { Outcome, Sink } from '../../src/core/outcome.ts';
import { orderedSink } from '../../src/output/ordered-sink.ts';
import { okOutcome } from './helpers/outcomes.ts';

/** Remembers the indices it gets; fails from the given one on. */
class IndexSink implements Sink {
  readonly indices: number[] = [];
  closed = false;
  readonly #failFrom: number;

  constructor(failFrom = Number.POSITIVE_INFINITY) {
    this.#failFrom = failFrom;
  }

  async write({ record }: Outcome): Promise<void> {
    if (record.index >= this.#failFrom) throw new AppError('output_write', 'disk full');
    this.indices.push(record.index);
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Completes records in any order that a window of open records allows; `picks` choose which is next. */
async function runWindow(sink: Sink, total: number, window: number, picks: readonly number[]) {
  const unwritten = new Set<number>();
  const running: number[] = [];
  let next = 0;
  let mostHeld = 0;
  for (let step = 0; next < total || running.length > 0; step++) {
    while (next < total && unwritten.size < window) {
      unwritten.add(next);
      running.push(next++);
    }
    const [index = 0] = running.splice((picks[step % picks.length] ?? 0) % running.length, 1);
    void sink.write(okOutcome(index)).then(() => unwritten.delete(index));
    await new Promise(setImmediate);
    mostHeld = Math.max(mostHeld, unwritten.size - running.length);
  }
  return { mostHeld, unwritten };
}

describe('an ordered sink', () => {
  it('gives input order for any order of completion, and holds less than the window', async () => {
    const picks = fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 12 }),
        picks,
        async (total, window, order) => {
          const inner = new IndexSink();
          const { mostHeld, unwritten } = await runWindow(orderedSink(inner), total, window, order);
          expect(inner.indices).toEqual(upTo(total));
          expect(unwritten.size).toBe(0);
          expect(mostHeld).toBeLessThan(window);
        },
      ),
    );
  });

  it('keeps the write of an early record open until those before it have come', async () => {
    const inner = new IndexSink();
    const sink = orderedSink(inner);
    let settled = false;
    const early = sink.write(okOutcome(1)).then(() => {
      settled = true;
    });
    await new Promise(setImmediate);
    expect(settled).toBe(false);
    await sink.write(okOutcome(0));
    await early;
    expect(inner.indices).toEqual([0, 1]);
  });

  it('does not wait for a record that is skipped, before or after others have come', async () => {
    const inner = new IndexSink();
    const sink = orderedSink(inner);
    const open = [1, 4].map((index) => sink.write(okOutcome(index)));
    sink.skip?.(3);
    sink.skip?.(0);
    await open[0];
    sink.skip?.(2);
    await Promise.all(open);
    await sink.write(okOutcome(5));
    expect(inner.indices).toEqual([1, 4, 5]);
  });

  it('holds a million skipped records behind one that is stuck as one', async () => {
    const inner = new IndexSink();
    const sink = orderedSink(inner);
    const last = sink.write(okOutcome(1_000_001));
    const before = process.memoryUsage().heapUsed;
    for (let index = 1; index <= 1_000_000; index++) sink.skip?.(index);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(8_000_000);
    await sink.write(okOutcome(0));
    await last;
    expect(inner.indices).toEqual([0, 1_000_001]);
  });

  it('passes on what is held when it closes with gaps, in order', async () => {
    const inner = new IndexSink();
    const sink = orderedSink(inner);
    const open = [7, 3, 0, 5].map((index) => sink.write(okOutcome(index)));
    await sink.close();
    await Promise.all(open);
    expect(inner.indices).toEqual([0, 3, 5, 7]);
    expect(inner.closed).toBe(true);
  });

  it('fails what it holds when the output fails, so that nobody waits for ever', async () => {
    const sink = orderedSink(new IndexSink(1));
    const held = sink.write(okOutcome(3));
    await sink.write(okOutcome(0));
    const failed = { code: 'output_write' };
    await expect(sink.write(okOutcome(1))).rejects.toMatchObject(failed);
    await expect(held).rejects.toMatchObject(failed);
    await expect(sink.write(okOutcome(2))).rejects.toMatchObject(failed);
  });

  it('refuses a second outcome for a record', async () => {
    const sink = orderedSink(new IndexSink());
    await sink.write(okOutcome(0));
    void sink.write(okOutcome(2));
    await expect(sink.write(okOutcome(0))).rejects.toMatchObject({ code: 'internal' });
    await expect(sink.write(okOutcome(2))).rejects.toMatchObject({ code: 'internal' });
  });
});
