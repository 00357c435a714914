import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/core/errors.ts';
import { BatchWriter, type Target } from '../../src/output/batch-writer.ts';

/** Remembers what it gets; takes some turns of the event loop for each write, and fails at the nth. */
class SlowTarget implements Target {
  readonly writes: (readonly string[])[] = [];
  closed = 0;
  readonly #turns: number;
  readonly #failAt: number;
  #busy = false;

  constructor(turns: number, failAt = Number.POSITIVE_INFINITY) {
    this.#turns = turns;
    this.#failAt = failAt;
  }

  async write(lines: readonly string[]): Promise<void> {
    if (this.#busy) throw new Error('two writes at once');
    this.#busy = true;
    for (let turn = 0; turn < this.#turns; turn++) await nextTurn();
    this.#busy = false;
    if (this.writes.length + 1 >= this.#failAt) throw new AppError('output_write', 'disk full');
    this.writes.push([...lines]);
  }

  async close(): Promise<void> {
    this.closed++;
  }
}

describe('a batch writer', () => {
  it('writes every line once and in order, whatever the timing', async () => {
    const plan = fc.array(fc.nat({ max: 3 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(plan, fc.nat({ max: 3 }), async (pauses, turns) => {
        const target = new SlowTarget(turns);
        const writer = new BatchWriter(target);
        const open: Promise<void>[] = [];
        for (const [number, pause] of pauses.entries()) {
          open.push(writer.write(`${number}\n`));
          for (let turn = 0; turn < pause; turn++) await nextTurn();
        }
        await Promise.all(open);
        await writer.close();
        expect(target.writes.flat()).toEqual(pauses.map((_, number) => `${number}\n`));
      }),
    );
  });

  it('sends lines of one turn in one write, and those that come meanwhile in the next', async () => {
    const target = new SlowTarget(5);
    const writer = new BatchWriter(target);
    const first = [writer.write('a\n'), writer.write('b\n')];
    await nextTurn();
    await nextTurn();
    const second = [writer.write('c\n'), writer.write('d\n')];
    await Promise.all([...first, ...second]);
    expect(target.writes).toEqual([
      ['a\n', 'b\n'],
      ['c\n', 'd\n'],
    ]);
  });

  it('bounds the size of one write', async () => {
    const target = new SlowTarget(0);
    const writer = new BatchWriter(target);
    const line = `${'x'.repeat(400_000)}\n`;
    await Promise.all(Array.from({ length: 7 }, () => writer.write(line)));
    expect(target.writes.map((lines) => lines.length)).toEqual([3, 3, 1]);
  });

  it('fails every write that waits, every later one and the close with the first error', async () => {
    const target = new SlowTarget(2, 2);
    const writer = new BatchWriter(target);
    await writer.write('good\n');
    const failing = writer.write('bad\n');
    await nextTurn();
    await nextTurn();
    const waiting = writer.write('waits\n');
    const failed = { code: 'output_write', message: 'disk full' };
    await expect(failing).rejects.toMatchObject(failed);
    await expect(waiting).rejects.toMatchObject(failed);
    await expect(writer.write('late\n')).rejects.toMatchObject(failed);
    await expect(writer.close()).rejects.toMatchObject(failed);
    expect(target.writes).toEqual([['good\n']]);
    expect(target.closed).toBe(1);
  });

  it('writes what it holds before it closes, and closes once', async () => {
    const target = new SlowTarget(1);
    const writer = new BatchWriter(target);
    const open = writer.write('a\n');
    await Promise.all([writer.close(), writer.close(), open]);
    expect(target.writes).toEqual([['a\n']]);
    expect(target.closed).toBe(1);
    await expect(writer.write('b\n')).rejects.toMatchObject({ code: 'internal' });
  });
});
