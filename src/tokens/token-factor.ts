/** Ratios of late requests that are kept. */
const KEPT = 32;
/** Shorter requests tell too little: what the chat format adds weighs too much in them. In tokens. */
const SHORTEST = 64;
/** What the tokens of two encodings differ by at most; a ratio beyond is a server that cut the text, or nonsense. */
const LEAST_RATIO = 0.5;
const MOST_RATIO = 4;
/**
 * An endpoint whose numbers differ by more than this from those of the model's own encoding does not count by it.
 * What is less comes of the frame around messages.
 */
const OWN_TOLERANCE = 0.05;

/**
 * By what the tokens of an encoding are multiplied to estimate those of a model: 1 at first, then as the endpoint's
 * numbers show. It is the upper quartile of the late ratios: few outliers move it, and a text that is thought too
 * long wastes a little room while one that is thought too short overflows a window.
 */
export class TokenFactor {
  readonly #isOwn: boolean;
  readonly #ratios: number[] = [];
  #value = 1;

  /** `isOwn`: the encoding is the model's own, so the factor stays 1 unless the endpoint plainly counts otherwise. */
  constructor(isOwn: boolean) {
    this.#isOwn = isOwn;
  }

  get value(): number {
    return this.#value;
  }

  /** The endpoint counted `reported` tokens where the estimate, by the factor of now, is `estimated`. */
  learn(estimated: number, reported: number): void {
    const counted = estimated / this.#value;
    const ratio = reported / counted;
    if (!(counted >= SHORTEST && ratio >= LEAST_RATIO && ratio <= MOST_RATIO)) return;
    this.#ratios.push(ratio);
    if (this.#ratios.length > KEPT) this.#ratios.shift();
    const quartile = upperQuartile(this.#ratios);
    this.#value = this.#isOwn && Math.abs(quartile - 1) <= OWN_TOLERANCE ? 1 : quartile;
  }
}

function upperQuartile(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * 0.75)] ?? 1;
}
