import type { Moments } from './moments.ts';

/** What an answer takes: so many ms at all, and more for each token read and written. */
export interface WorkModel {
  readonly baseMs: number;
  readonly msPerInput: number;
  readonly msPerOutput: number;
}

/** Ridge: this many answers' worth of doubt about every slope, so that a handful of answers makes no trend. */
const DOUBT = 6;
/** Least relative spread that a single answer is taken to have: what looks exact may be chance. */
const LEAST_SPREAD = 0.1;
/** No prediction is trusted to be smaller than this share of what was measured. */
const LEAST_PREDICTED = 0.05;

/** Least squares of ms on the sizes of input and output; longer texts never take less time. */
export function fitWork(sums: Moments): WorkModel {
  const { count } = sums;
  if (count === 0) return { baseMs: 0, msPerInput: 0, msPerOutput: 0 };
  const covariance = (product: number, a: number, b: number): number =>
    product / count - (a * b) / count ** 2;
  const ridge = 1 + DOUBT / count;
  const ii = covariance(sums.inputInput, sums.input, sums.input) * ridge;
  const oo = covariance(sums.outputOutput, sums.output, sums.output) * ridge;
  const io = covariance(sums.inputOutput, sums.input, sums.output);
  const im = covariance(sums.inputMs, sums.input, sums.ms);
  const om = covariance(sums.outputMs, sums.output, sums.ms);
  const [msPerInput, msPerOutput] = slopes({ ii, oo, io, im, om });
  const baseMs = (sums.ms - msPerInput * sums.input - msPerOutput * sums.output) / count;
  return { baseMs, msPerInput, msPerOutput };
}

interface Covariances {
  readonly ii: number;
  readonly oo: number;
  readonly io: number;
  readonly im: number;
  readonly om: number;
}

function slopes({ ii, oo, io, im, om }: Covariances): readonly [number, number] {
  const determinant = ii * oo - io * io;
  if (determinant > 1e-9 * ii * oo) {
    const input = (im * oo - om * io) / determinant;
    const output = (om * ii - im * io) / determinant;
    if (input >= 0 && output >= 0) return [input, output];
  }
  // Only one of the two explains anything: the one that explains more.
  const input = ii > 0 ? Math.max(0, im / ii) : 0;
  const output = oo > 0 ? Math.max(0, om / oo) : 0;
  return output * om >= input * im ? [0, output] : [input, 0];
}

/** How many times the model's prediction answers took, and the variance of that factor's logarithm. */
export function slowdown(
  sums: Moments,
  model: WorkModel,
): { readonly factor: number; readonly variance: number } {
  if (sums.count === 0) return { factor: 1, variance: 1 };
  const { baseMs: c, msPerInput: a, msPerOutput: b } = model;
  const predicted = Math.max(c * sums.count + a * sums.input + b * sums.output, sums.ms * LEAST_PREDICTED);
  if (!(predicted > 0 && sums.ms > 0)) return { factor: 1, variance: LEAST_SPREAD ** 2 / sums.count };
  const factor = sums.ms / predicted;
  const squares =
    c * c * sums.count +
    a * a * sums.inputInput +
    b * b * sums.outputOutput +
    2 * (c * a * sums.input + c * b * sums.output + a * b * sums.inputOutput);
  const products = c * sums.ms + a * sums.inputMs + b * sums.outputMs;
  const residual = sums.msMs - 2 * factor * products + factor * factor * squares;
  return { factor, variance: Math.max(residual / sums.ms ** 2, LEAST_SPREAD ** 2 / sums.count) };
}
