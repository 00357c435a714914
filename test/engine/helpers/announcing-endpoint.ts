import { ProviderError } from '../../../src/core/errors.ts';
import type { LimitHint } from '../../../src/core/request.ts';
import type { Script, ScriptedAnswer } from '../../helpers/scripted-provider.ts';
import type { VirtualClock } from '../../helpers/virtual-clock.ts';

const MINUTE = 60_000;

interface Window {
  /** Whether one more request is let in, which it then is. */
  admit(now: number): boolean;
  left(now: number): { readonly remaining: number; readonly resetMs: number };
}

/** A window that refills all the time and holds so much; `resetMs` is the time until it is full. */
export function bucket(perMinute: number, holds: number, begins = holds): Window {
  let level = begins;
  let at = 0;
  const perMs = perMinute / MINUTE;
  const fill = (now: number): void => {
    level = Math.min(holds, level + (now - at) * perMs);
    at = now;
  };
  return {
    admit(now) {
      fill(now);
      if (level < 1 - 1e-6) return false;
      level -= 1;
      return true;
    },
    left(now) {
      fill(now);
      return { remaining: Math.floor(level + 1e-6), resetMs: (holds - level) / perMs };
    },
  };
}

/** Minutes of the clock, of which the first is `goneMs` old; others have used so much of it. */
export function fixedWindow(perMinute: number, goneMs = 0, usedByOthers = 0): Window {
  let minute = 0;
  let used = usedByOthers;
  const turn = (now: number): void => {
    const current = Math.floor((now + goneMs) / MINUTE);
    if (current !== minute) used = 0;
    minute = current;
  };
  return {
    admit(now) {
      turn(now);
      if (used >= perMinute) return false;
      used += 1;
      return true;
    },
    left(now) {
      turn(now);
      return { remaining: perMinute - used, resetMs: (minute + 1) * MINUTE - goneMs - now };
    },
  };
}

export interface AnnouncingOptions {
  readonly window: Window;
  readonly perMinute: number;
  /** What headers tell of: the moment at which a request came in, or that of its reply. */
  readonly as: 'admitted' | 'answered';
  readonly latencyMs: () => number;
}

/** An endpoint that says with every reply what is left; its rejections name no wait. */
export function announcingEndpoint(clock: VirtualClock, options: AnnouncingOptions) {
  const accepted: number[] = [];
  const rejected: number[] = [];
  const hints = (): readonly LimitHint[] => [
    { unit: 'requests', limit: options.perMinute, ...options.window.left(clock.now()) },
  ];
  const script: Script = (): ScriptedAnswer => {
    const now = clock.now();
    if (!options.window.admit(now)) {
      rejected.push(now);
      const error = new ProviderError('rate_limited', '429', { status: 429, limits: hints() });
      return { latencyMs: 1, error };
    }
    accepted.push(now);
    const then = hints();
    return {
      latencyMs: options.latencyMs(),
      get limits() {
        return options.as === 'admitted' ? then : hints();
      },
    };
  };
  return { accepted, rejected, script };
}
