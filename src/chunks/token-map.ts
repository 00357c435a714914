import { pieceEnd } from '../tokens/piece-end.ts';
import type { Meter } from './meter.ts';

/** How many tokens stand before each place of a text: counted for small pieces, in proportion inside of them. */
export class TokenMap {
  /** Where the pieces end, and the tokens up to there. */
  readonly #ends: number[] = [];
  readonly #sums: number[] = [];

  /** Counts the text in pieces of about `pieceLength` UTF-16 units, as far as its first `upTo` tokens go. */
  static async of(
    text: string,
    meter: Meter,
    pieceLength: number,
    upTo = Number.POSITIVE_INFINITY,
  ): Promise<TokenMap> {
    const map = new TokenMap();
    let tokens = 0;
    for (let from = 0; from < text.length && tokens <= upTo; ) {
      const to = pieceEnd(text, from, pieceLength);
      tokens += meter.count(text.slice(from, to));
      map.#ends.push(to);
      map.#sums.push(tokens);
      from = to;
      await meter.rest();
    }
    return map;
  }

  get total(): number {
    return this.#sums.at(-1) ?? 0;
  }

  /** Tokens before this place. */
  before(offset: number): number {
    return interpolate(this.#ends, this.#sums, offset);
  }

  /** The place before which so many tokens stand. */
  offsetAt(tokens: number): number {
    return Math.floor(interpolate(this.#sums, this.#ends, tokens));
  }
}

/** The y of an x on the line through (0, 0) and all points; both rise. */
function interpolate(xs: readonly number[], ys: readonly number[], x: number): number {
  let low = 0;
  let high = xs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((xs[middle] ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  const [x1, y1] = [xs[low], ys[low]];
  if (x1 === undefined || y1 === undefined) return ys.at(-1) ?? 0;
  const x0 = xs[low - 1] ?? 0;
  const y0 = ys[low - 1] ?? 0;
  return x1 === x0 ? y0 : y0 + ((y1 - y0) * Math.max(0, x - x0)) / (x1 - x0);
}
