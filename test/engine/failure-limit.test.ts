import { describe, expect, it } from 'vitest';
import { FailureLimit } from '../../src/engine/failure-limit.ts';

/** After how many of these records the limit says stop. */
function stopsAfter(limit: FailureLimit, records: readonly boolean[]): number | undefined {
  const index = records.findIndex((ok) => limit.count(ok) !== undefined);
  return index < 0 ? undefined : index + 1;
}

const failures = (count: number): boolean[] => Array(count).fill(false);
const successes = (count: number): boolean[] => Array(count).fill(true);

describe('the limit of failures', () => {
  it('is passed by one more than the count', () => {
    expect(stopsAfter(new FailureLimit({ amount: 3, unit: 'count' }), failures(10))).toBe(4);
    expect(stopsAfter(new FailureLimit({ amount: 0, unit: 'count' }), [true, true, false])).toBe(3);
  });

  it('is not passed by successes', () => {
    const records = [...failures(3), ...successes(1000)];
    expect(stopsAfter(new FailureLimit({ amount: 3, unit: 'count' }), records)).toBeUndefined();
  });

  it('as a share waits for a hundred records', () => {
    expect(stopsAfter(new FailureLimit({ amount: 5, unit: 'percent' }), failures(200))).toBe(100);
  });

  it('as a share is of all that have ended', () => {
    const limit = new FailureLimit({ amount: 5, unit: 'percent' });
    expect(stopsAfter(limit, [...successes(195), ...failures(20)])).toBe(195 + 11);
  });

  it('puts up with anything where there is none', () => {
    expect(stopsAfter(new FailureLimit(undefined), failures(1000))).toBeUndefined();
  });

  it('says what happened and by which option', () => {
    const limit = new FailureLimit({ amount: 1, unit: 'count' });
    limit.count(false);
    expect(limit.count(false)).toMatchObject({
      code: 'too_many_failures',
      message: '2 of 2 records failed, more than --max-failures 1',
    });
  });
});
