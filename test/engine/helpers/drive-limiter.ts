import { Limiter } from '../../../src/engine/limiter/limiter.ts';
import type { QuotaOptions } from '../../../src/engine/limiter/quota.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import type { Arrived } from './arrivals.ts';

/** What one request reserves, what it then uses, and how long it is under way. */
export interface Load {
  readonly estimate: number;
  readonly actual: number;
  /** The same for the output; default: none. */
  readonly output?: { readonly estimate: number; readonly actual: number };
  readonly latencyMs: number;
  /** Gives the capacity back instead of sending. */
  readonly release?: boolean;
}

export interface DriveOptions {
  readonly limits: readonly QuotaOptions[];
  readonly workers: number;
  readonly durationMs: number;
  readonly load: (n: number) => Load;
  readonly lateness?: () => number;
  /** At these times the whole run is paused for so long. */
  readonly pauses?: readonly { readonly at: number; readonly ms: number }[];
}

/** Keeps a limiter under full load for a while; returns what it let through. */
export async function driveLimiter(options: DriveOptions) {
  const { lateness } = options;
  const clock = new VirtualClock(undefined, lateness === undefined ? {} : { lateness });
  const limiter = new Limiter({ clock, limits: options.limits });
  const requests: Arrived[] = [];
  const tokens: Arrived[] = [];
  const inputTokens: Arrived[] = [];
  const outputTokens: Arrived[] = [];
  let asked = 0;
  const wait = (ms: number): Promise<void> => new Promise((resolve) => clock.timer(ms, resolve));
  const worker = async (): Promise<void> => {
    while (clock.now() < options.durationMs) {
      const { estimate, actual, output, latencyMs, release } = options.load(asked++);
      const cost = { inputTokens: estimate, outputTokens: output?.estimate ?? 0 };
      const permit = limiter.tryAcquire(cost) ?? (await limiter.acquire(cost));
      if (release === true) {
        permit.release();
        await wait(latencyMs);
        continue;
      }
      const used = { inputTokens: actual, outputTokens: output?.actual ?? 0 };
      const at = clock.now();
      requests.push({ at, amount: 1 });
      tokens.push({ at, amount: used.inputTokens + used.outputTokens });
      inputTokens.push({ at, amount: used.inputTokens });
      outputTokens.push({ at, amount: used.outputTokens });
      await wait(latencyMs);
      permit.settle(used);
    }
  };
  for (const { at, ms } of options.pauses ?? []) clock.timer(at, () => limiter.pauseUntil(clock.now() + ms));
  await clock.until(Promise.all(Array.from({ length: options.workers }, worker)));
  return { clock, limiter, requests, tokens, inputTokens, outputTokens };
}
