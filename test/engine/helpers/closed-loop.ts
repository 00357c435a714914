import type { Clock, Random } from '../../../src/core/clock.ts';
import {
  AdaptiveConcurrency,
  type AttemptEnd,
} from '../../../src/engine/concurrency/adaptive-concurrency.ts';
import { SharedCapacity } from '../../../src/mock/shared-capacity.ts';
import { TokenBucket } from '../../../src/mock/token-bucket.ts';
import { SyncClock } from '../../helpers/sync-clock.ts';
import { seededRandom } from './seeded-random.ts';

/** A text to ask about. */
export interface Job {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export type Answered = (result: AttemptEnd['result']) => void;

/** Takes a request and answers later. */
export type SimulatedEndpoint = (job: Job, answered: Answered, inFlight: number) => void;

export interface LoopOptions {
  /** A number stays what it is. */
  readonly concurrency: number | { readonly start: number; readonly most: number };
  readonly endpoint: (clock: Clock, random: Random) => SimulatedEndpoint;
  readonly durationMs: number;
  readonly job?: (n: number, now: number, random: Random) => Job;
  /** Whether the sizes of texts are known. */
  readonly blind?: boolean;
  readonly seed?: number;
  /** Most requests a second that there are to send. */
  readonly demandPerSecond?: number;
}

/** Keeps as many requests in flight as the controller, or a fixed number, allows; retries at once. */
export function closedLoop(options: LoopOptions) {
  const { concurrency, durationMs, blind = false, demandPerSecond } = options;
  const clock = new SyncClock();
  const random = seededRandom(options.seed ?? 1);
  const controller = typeof concurrency === 'number' ? undefined : new AdaptiveConcurrency(concurrency);
  const endpoint = options.endpoint(clock, random);
  const limits: { readonly at: number; readonly limit: number; readonly reason: string }[] = [];
  const oks: number[] = [];
  const done = { ok: 0, inputTokens: 0, outputTokens: 0, failed: 0, rejected: 0 };
  let [inFlight, sent, mostInFlight] = [0, 0, 0];
  const limit = (): number => controller?.limit ?? (concurrency as number);

  const send = (): void => {
    const sentAt = clock.now();
    const job = options.job?.(sent, sentAt, random) ?? { inputTokens: 500, outputTokens: 100 };
    sent += 1;
    inFlight += 1;
    mostInFlight = Math.max(mostInFlight, inFlight);
    controller?.started(sentAt);
    endpoint(job, (result) => end(job, sentAt, result), inFlight);
  };
  const end = (job: Job, sentAt: number, result: AttemptEnd['result']): void => {
    inFlight -= 1;
    const ms = clock.now() - sentAt;
    const change = controller?.ended(clock.now(), { result, ms, ...(blind ? {} : job) });
    if (change !== undefined) limits.push({ at: clock.now(), ...change });
    if (result === 'ok') {
      done.ok += 1;
      oks.push(clock.now());
      done.inputTokens += job.inputTokens;
      done.outputTokens += job.outputTokens;
    } else if (result === 'fault') done.failed += 1;
    else done.rejected += 1;
    fill();
  };
  const fill = (): void => {
    while (inFlight < limit() && clock.now() < durationMs && hasDemand()) send();
  };
  const hasDemand = (): boolean =>
    demandPerSecond === undefined || sent <= (clock.now() / 1000) * demandPerSecond;
  if (demandPerSecond !== undefined) {
    const tick = (): void => {
      fill();
      clock.timer(1000 / demandPerSecond, tick);
    };
    tick();
  }
  fill();
  clock.runUntil(durationMs);
  return { ...done, limits, oks, limit: limit(), mostInFlight, sent };
}

/** Answers after a time that does not depend on the load. */
export const steady =
  (ms: (job: Job, random: Random) => number): LoopOptions['endpoint'] =>
  (clock, random) =>
  (job, answered) =>
    void clock.timer(ms(job, random), () => answered('ok'));

/** Works on `knee` requests at full speed; more share it. */
export const shared =
  (knee: number, ms: (job: Job, random: Random) => number): LoopOptions['endpoint'] =>
  (clock, random) => {
    const server = new SharedCapacity(knee, clock);
    return (job, answered) => void server.run(ms(job, random), () => answered('ok'));
  };

/** Fails whatever the load: 5 % errors at once, 2 % resets half way, 1 % hangs until `timeoutMs`. */
export const flaky =
  (ms: number, timeoutMs: number): LoopOptions['endpoint'] =>
  (clock, random) =>
  (_job, answered) => {
    const fate = random();
    if (fate < 0.05) clock.timer(ms / 10, () => answered('fault'));
    else if (fate < 0.07) clock.timer(ms / 2, () => answered('fault'));
    else if (fate < 0.08) clock.timer(timeoutMs, () => answered('fault'));
    else clock.timer(ms * (0.5 + random()), () => answered('ok'));
  };

/** Refuses what comes faster than so many a minute. */
export const limited =
  (perMinute: number, ms: number): LoopOptions['endpoint'] =>
  (clock) => {
    const bucket = new TokenBucket(perMinute, clock);
    return (_job, answered) => {
      if (bucket.waitFor(1) > 0) {
        clock.timer(1, () => answered('rate-limited'));
        return;
      }
      bucket.take(1);
      clock.timer(ms, () => answered('ok'));
    };
  };

/** Refuses at once what is more than `most` at a time. */
export const bounded =
  (most: number, ms: number, refusal: AttemptEnd['result'] = 'overloaded'): LoopOptions['endpoint'] =>
  (clock) => {
    let serving = 0;
    return (_job, answered) => {
      if (serving >= most) {
        clock.timer(1, () => answered(refusal));
        return;
      }
      serving += 1;
      clock.timer(ms, () => {
        serving -= 1;
        answered('ok');
      });
    };
  };

/** A graphics card: each token takes longer the more answers are written at once, but the sum still rises. */
export const batching =
  (half: number, msPerToken: number): LoopOptions['endpoint'] =>
  (clock, random) =>
  (job, answered, inFlight) => {
    const ms = (20 + job.outputTokens * msPerToken) * (1 + inFlight / half) * (0.9 + 0.2 * random());
    clock.timer(ms, () => answered('ok'));
  };

/** One endpoint after the other, each for so many ms; the last one for good. */
export const phases =
  (
    ...given: readonly { readonly ms: number; readonly endpoint: LoopOptions['endpoint'] }[]
  ): LoopOptions['endpoint'] =>
  (clock, random) => {
    const open = given.map(({ endpoint }) => endpoint(clock, random));
    return (job, answered, inFlight) => {
      let left = clock.now();
      const at = given.findIndex(({ ms }) => {
        left -= ms;
        return left < 0;
      });
      open.at(at)?.(job, answered, inFlight);
    };
  };
