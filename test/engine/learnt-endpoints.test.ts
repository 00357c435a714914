import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/core/errors.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';
import { announcingEndpoint, bucket, fixedWindow } from './helpers/announcing-endpoint.ts';
import { goodRows } from './helpers/records.ts';
import { startEngine } from './helpers/run-engine.ts';
import { seededRandom } from './helpers/seeded-random.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const RPM = 600;

const ENDPOINTS = {
  'a bucket of a second’s worth': () => bucket(RPM, 11),
  'a bucket that holds the whole limit': () => bucket(RPM, RPM),
  'such a bucket, all but empty': () => bucket(RPM, RPM, 12),
  'a fixed window': () => fixedWindow(RPM),
  'a fixed window that others have used half of': () => fixedWindow(RPM, 10 * SECOND, RPM / 2),
  'a fixed window that others have nearly used up': () => fixedWindow(RPM, 5 * SECOND, RPM - 50),
} as const;

const CASES = Object.entries(ENDPOINTS).flatMap(([name, window]) =>
  (['admitted', 'answered'] as const).flatMap((as) =>
    [100, 1500].map((latencyMs) => ({ name, window, as, latencyMs })),
  ),
);

describe('an endpoint that says with every reply what is left', () => {
  it.each(CASES)(
    '$name, as requests are $as, after $latencyMs ms: nothing is rejected once it is known, and 99 % is used',
    async ({ window, as, latencyMs }) => {
      const clock = new VirtualClock();
      const random = seededRandom(latencyMs);
      const endpoint = announcingEndpoint(clock, {
        ...{ window: window(), perMinute: RPM, as },
        latencyMs: () => latencyMs * (0.5 + random()),
      });
      const { start, control } = startEngine({
        ...{ clock, rows: goodRows(5 * RPM), concurrency: 40, script: endpoint.script },
      });
      const run = start();
      await clock.advance(4 * MINUTE);
      control.abort(new AppError('interrupted', 'enough'));
      await clock.until(run);
      const late = endpoint.rejected.filter((at) => at > 5 * SECOND);
      // What is said on admission may miss what came in while the first answers were under way.
      expect(late.length).toBeLessThanOrEqual(as === 'admitted' ? 2 : 0);
      const steady = endpoint.accepted.filter((at) => at >= 2 * MINUTE && at < 4 * MINUTE);
      expect(steady.length / (2 * RPM)).toBeGreaterThanOrEqual(0.99);
    },
  );
});
