import { AppError } from '../core/errors.ts';
import type { Draw } from './seeded-random.ts';

/** How long an answer takes, in ms. */
export type Latency =
  | { readonly kind: 'uniform'; readonly minMs: number; readonly maxMs: number }
  | { readonly kind: 'lognormal'; readonly medianMs: number; readonly sigma: number };

const NUMBER = String.raw`(\d+(?:\.\d+)?)`;
const TIME = `${NUMBER}(ms|s)?`;
const FIXED = new RegExp(`^${TIME}$`);
const RANGE = new RegExp(`^${TIME}-${TIME}$`);
const LOGNORMAL = new RegExp(`^lognormal:${TIME}:${NUMBER}$`);

/**
 * Reads `200`, `100-300` or `lognormal:200:0.5` (median, sigma). Times are ms, or have their unit: `800ms`, `1.5s`,
 * `1-3s`. Throws `usage`, naming the option, for anything else.
 */
export function parseLatency(text: string, option = '--latency'): Latency {
  const written = text.trim();
  const [, fixed, fixedUnit] = FIXED.exec(written) ?? [];
  if (fixed !== undefined) return uniform(toMs(fixed, fixedUnit), toMs(fixed, fixedUnit));
  const [, min, minUnit, max, maxUnit] = RANGE.exec(written) ?? [];
  const range = uniform(toMs(min, minUnit ?? maxUnit), toMs(max, maxUnit));
  if (range.minMs <= range.maxMs) return range;
  const [, median, medianUnit, sigma] = LOGNORMAL.exec(written) ?? [];
  if (median !== undefined) {
    return { kind: 'lognormal', medianMs: toMs(median, medianUnit), sigma: Number(sigma) };
  }
  throw new AppError('usage', `${option}: ${JSON.stringify(text)} is not a latency`, {
    hint: 'Write ms as 200, 100-300 (uniform), or lognormal:200:0.5 (median ms, sigma), or with a unit: 1.5s.',
  });
}

function uniform(minMs: number, maxMs: number) {
  return { kind: 'uniform', minMs, maxMs } as const;
}

/** NaN for what is not there. */
function toMs(number: string | undefined, unit: string | undefined): number {
  return Number(number) * (unit === 's' ? 1000 : 1);
}

/** One latency in ms, from two draws of [0, 1). */
export function drawLatency(latency: Latency, draw: Draw): number {
  const u = draw('latency');
  if (latency.kind === 'uniform') return latency.minMs + u * (latency.maxMs - latency.minMs);
  // Box–Muller; 1 - u keeps the logarithm away from 0.
  const normal = Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * draw('spread'));
  return latency.medianMs * Math.exp(latency.sigma * normal);
}
