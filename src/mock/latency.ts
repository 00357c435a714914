import { AppError } from '../core/errors.ts';
import type { Draw } from './seeded-random.ts';

/** How long an answer takes, in ms. */
export type Latency =
  | { readonly kind: 'uniform'; readonly minMs: number; readonly maxMs: number }
  | { readonly kind: 'lognormal'; readonly medianMs: number; readonly sigma: number };

const NUMBER = String.raw`(\d+(?:\.\d+)?)`;
const FIXED = new RegExp(`^${NUMBER}$`);
const RANGE = new RegExp(`^${NUMBER}-${NUMBER}$`);
const LOGNORMAL = new RegExp(`^lognormal:${NUMBER}:${NUMBER}$`);

/** Reads `200`, `100-300` or `lognormal:200:0.5` (median in ms, sigma). Throws `usage` for anything else. */
export function parseLatency(text: string): Latency {
  const written = text.trim();
  const fixed = FIXED.exec(written);
  if (fixed) return { kind: 'uniform', minMs: Number(fixed[1]), maxMs: Number(fixed[1]) };
  const range = RANGE.exec(written);
  if (range && Number(range[1]) <= Number(range[2])) {
    return { kind: 'uniform', minMs: Number(range[1]), maxMs: Number(range[2]) };
  }
  const lognormal = LOGNORMAL.exec(written);
  if (lognormal) return { kind: 'lognormal', medianMs: Number(lognormal[1]), sigma: Number(lognormal[2]) };
  throw new AppError('usage', `--latency: ${JSON.stringify(text)} is not a latency`, {
    hint: 'Write ms as 200, 100-300 (uniform), or lognormal:200:0.5 (median ms, sigma).',
  });
}

/** One latency in ms, from two draws of [0, 1). */
export function drawLatency(latency: Latency, draw: Draw): number {
  const u = draw('latency');
  if (latency.kind === 'uniform') return latency.minMs + u * (latency.maxMs - latency.minMs);
  // Box–Muller; 1 - u keeps the logarithm away from 0.
  const normal = Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * draw('spread'));
  return latency.medianMs * Math.exp(latency.sigma * normal);
}
