import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  batching,
  bounded,
  closedLoop,
  flaky,
  type Job,
  type LoopOptions,
  phases,
  shared,
  steady,
} from '../helpers/closed-loop.ts';

const MINUTE = 60_000;
type Endpoint = LoopOptions['endpoint'];

const auto = (endpoint: Endpoint, options: Partial<LoopOptions> = {}) =>
  closedLoop({ concurrency: { start: 8, most: 128 }, endpoint, durationMs: 5 * MINUTE, ...options });

/** What is done, as a share of what the best of many fixed numbers does. */
function shareOfBest(
  endpoint: Endpoint,
  options: Partial<LoopOptions> = {},
  numbers = [4, 8, 16, 32, 48, 64, 128],
): number {
  const fixed = numbers.map(
    (concurrency) => closedLoop({ durationMs: 5 * MINUTE, ...options, endpoint, concurrency }).ok,
  );
  return auto(endpoint, options).ok / Math.max(...fixed);
}

const perToken = ({ outputTokens, inputTokens }: Job, random: () => number): number =>
  (50 + 3 * outputTokens + 0.05 * inputTokens) * (0.9 + 0.2 * random());
const mixedTexts: NonNullable<LoopOptions['job']> = (_n, _now, random) => ({
  inputTokens: 200 + 3000 * random(),
  outputTokens: 30 + 300 * random(),
});
/** Twenty seconds of short texts, then twenty of ten times as long ones, and so on. */
const stretches: NonNullable<LoopOptions['job']> = (_n, now, random) => {
  const times = Math.floor(now / 20_000) % 2 === 0 ? 1 : 10;
  return { inputTokens: 400 * times, outputTokens: 40 * times * (0.7 + 0.6 * random()) };
};

describe('adaptive concurrency does nearly as much as the best fixed number', () => {
  it.each<[string, Endpoint, Partial<LoopOptions>]>([
    ['where answers always take as long', steady(() => 500), {}],
    ['where a server is shared beyond 32 in flight', shared(32, () => 200), {}],
    ['the same with texts of all sizes', shared(32, perToken), { job: mixedTexts }],
    ['the same with stretches of long texts', shared(32, perToken), { job: stretches }],
    ['where there are faults, whatever the load', flaky(200, 10_000), {}],
    ['where some hang for two minutes', flaky(200, 2 * MINUTE), {}],
    ['where each answer slows the others a little', batching(64, 3), { job: mixedTexts }],
    ['where only two are worked on at once', shared(2, () => 1000), {}],
  ])('%s', (_name, endpoint, options) => {
    expect(shareOfBest(endpoint, options)).toBeGreaterThan(0.93);
  });

  it('where a few in flight are refused beyond 20, and the refused come again at once', () => {
    expect(shareOfBest(bounded(20, 200), {}, [8, 16, 20])).toBeGreaterThan(0.9);
  });
});

describe('adaptive concurrency', () => {
  it('settles a little above what a shared server can use', () => {
    const { limits, limit, mostInFlight } = auto(shared(32, () => 200));
    expect(limit).toBeGreaterThanOrEqual(23);
    expect(limit).toBeLessThanOrEqual(52);
    expect(mostInFlight).toBeLessThanOrEqual(64);
    // Trials become rare: about one a minute in the end.
    expect(limits.filter(({ at }) => at > 4 * MINUTE).length).toBeLessThanOrEqual(6);
  });

  it('stops soon above what a small server can use', () => {
    const { limits, mostInFlight } = auto(shared(2, () => 1000));
    expect(mostInFlight).toBeLessThanOrEqual(16);
    expect(limits.at(-1)?.limit).toBeLessThanOrEqual(13);
  });

  it.each([true, false])('is not fooled by long answers (their length unknown: %s)', (blind) => {
    const { limits, limit, oks } = auto(steady(perToken), { job: stretches, blind });
    expect(limit).toBeGreaterThanOrEqual(90);
    // Half of the most within a minute, in spite of a change after 20 s.
    const half = limits.find((change) => change.limit >= 64);
    expect(half?.at).toBeLessThan(MINUTE);
    expect(oks.length).toBeGreaterThan(0);
  });

  it('does not rise when there is not enough to send', () => {
    const { limit, mostInFlight } = auto(
      steady(() => 200),
      { demandPerSecond: 100 },
    );
    // 100 a second for 200 ms each are 20 in flight.
    expect(limit).toBeLessThanOrEqual(48);
    expect(mostInFlight).toBeLessThanOrEqual(48);
  });

  it('rises, too, where requests hang and trials down make no sense', () => {
    const slow = flaky(200, 30_000);
    const small: Endpoint = (clock, random) => {
      const [answer, refuse] = [slow(clock, random), bounded(0, 200)(clock, random)];
      return (job, answered, inFlight) =>
        inFlight > 24 && clock.now() < MINUTE
          ? refuse(job, answered, inFlight)
          : answer(job, answered, inFlight);
    };
    expect(auto(small).limit).toBeGreaterThanOrEqual(90);
  });

  it('rises again when a server has grown', () => {
    const grown = phases(
      { ms: 2 * MINUTE, endpoint: shared(8, () => 200) },
      { ms: 1, endpoint: shared(64, () => 200) },
    );
    const { limit } = auto(grown, { durationMs: 6 * MINUTE });
    expect(limit).toBeGreaterThanOrEqual(45);
  });

  it('takes the many rejections of one moment for one storm: it falls to half at the most', () => {
    const storm = phases(
      { ms: MINUTE, endpoint: steady(() => 200) },
      { ms: 50, endpoint: bounded(0, 200) },
      { ms: 1, endpoint: (clock) => (_job, answered) => void clock.timer(60_000, () => answered('ok')) },
    );
    const { limits } = auto(storm, { durationMs: MINUTE + 60 });
    const fallen = limits.filter(({ at }) => at >= MINUTE);
    expect(fallen.every(({ reason }) => reason === 'overload')).toBe(true);
    expect(Math.min(...fallen.map(({ limit }) => limit))).toBeGreaterThanOrEqual(32);
  });

  it('comes down when faults come of the load, and stays there', () => {
    // More than 40 at once, and most of the connections are reset.
    const fragile: Endpoint = (clock, random) => (_job, answered, inFlight) => {
      const fails = inFlight > 40 && random() < 0.8;
      clock.timer(200, () => answered(fails ? 'fault' : 'ok'));
    };
    const { limit, ok, failed } = auto(fragile);
    expect(limit).toBeLessThanOrEqual(56);
    expect(failed / ok).toBeLessThan(0.1);
  });

  it('comes down when a server that was well is overloaded, and up again afterwards', () => {
    const overload: Endpoint = (clock) => (_job, answered, inFlight) => {
      const late = inFlight > 16;
      clock.timer(late ? 5000 : 200, () => answered(late ? 'fault' : 'ok'));
    };
    const { limits, limit } = auto(
      phases(
        { ms: MINUTE, endpoint: steady(() => 200) },
        { ms: MINUTE, endpoint: overload },
        { ms: 1, endpoint: steady(() => 200) },
      ),
    );
    const during = limits.filter(({ at }) => at > MINUTE && at < 2 * MINUTE);
    expect(Math.min(...during.map((change) => change.limit))).toBeLessThanOrEqual(32);
    expect(limit).toBeGreaterThanOrEqual(90);
  });
});

describe('whatever an endpoint does', () => {
  const trouble = fc.oneof(
    fc.integer({ min: 0, max: 40 }).map((most) => bounded(most, 200)),
    fc.integer({ min: 0, max: 40 }).map((most) => bounded(most, 200, 'rate-limited')),
    fc.integer({ min: 1, max: 40 }).map((knee) => shared(knee, () => 200)),
    fc.double({ min: 0, max: 1, noNaN: true }).map(
      (share): Endpoint =>
        (clock, random) =>
        (_job, answered) =>
          void clock.timer(100, () => answered(random() < share ? 'fault' : 'ok')),
    ),
    fc.constant<Endpoint>((clock) => (_job, answered) => void clock.timer(5000, () => answered('fault'))),
    fc.constant(flaky(200, 5000)),
  );
  const troubles = fc.array(fc.record({ ms: fc.integer({ min: 1000, max: 30_000 }), endpoint: trouble }), {
    minLength: 1,
    maxLength: 3,
  });

  it('there is at least one request in flight, never more than the most, and all comes back when it is well', () => {
    fc.assert(
      fc.property(troubles, fc.integer({ min: 1, max: 32 }), fc.nat(), (given, most, seed) => {
        const healthy = { ms: 1, endpoint: steady(() => 200) };
        const { limits, limit, mostInFlight } = closedLoop({
          concurrency: { start: 8, most },
          endpoint: phases(...given, healthy),
          ...{ durationMs: 8 * MINUTE, seed },
        });
        for (const change of limits) {
          expect(change.limit).toBeGreaterThanOrEqual(1);
          expect(change.limit).toBeLessThanOrEqual(most);
        }
        expect(mostInFlight).toBeLessThanOrEqual(most);
        expect(limit).toBeGreaterThanOrEqual(Math.floor(most * 0.65));
      }),
      { numRuns: 40 },
    );
  });
});
