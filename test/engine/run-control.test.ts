import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/core/errors.ts';
import { RunControl } from '../../src/engine/run-control.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';

const first = new AppError('interrupted', 'first');
const second = new AppError('interrupted', 'second');

function setUp(graceMs = 1000) {
  const clock = new VirtualClock();
  const control = new RunControl({ clock, graceMs });
  const cuts: AppError[] = [];
  const off = control.onAbort((reason) => cuts.push(reason));
  return { clock, control, cuts, off };
}

describe('the switch of a run', () => {
  it('stops gently: what is in flight is cut only after the grace', async () => {
    const { clock, control, cuts } = setUp();
    control.stop(first);
    expect(control.stopSignal.reason).toBe(first);
    expect(() => control.throwIfStopped()).toThrow(first);
    await clock.advance(999);
    expect(cuts).toEqual([]);
    await clock.advance(1);
    expect(cuts).toEqual([first]);
    expect(control.aborted).toBe(true);
  });

  it('keeps the first reason, whatever comes after', async () => {
    const { clock, control, cuts } = setUp();
    control.stop(first);
    control.stop(second);
    control.abort(second);
    expect(control.reason).toBe(first);
    expect(cuts).toEqual([first]);
    await clock.advance(5000);
    expect(cuts).toHaveLength(1);
  });

  it('aborts at once, stop included', () => {
    const { clock, control, cuts } = setUp();
    control.abort(first);
    expect(control.stopSignal.aborted).toBe(true);
    expect(cuts).toEqual([first]);
    expect(clock.pending).toBe(0);
  });

  it('does not cut what has come back', () => {
    const { control, cuts, off } = setUp();
    off();
    control.abort(first);
    expect(cuts).toEqual([]);
  });

  it('leaves no timer behind, whether the run ends before or after a stop', () => {
    const before = setUp();
    before.control.stop(first);
    before.control.end();
    expect(before.clock.pending).toBe(0);
    const after = setUp();
    after.control.end();
    after.control.stop(first);
    expect(after.clock.pending).toBe(0);
  });
});
