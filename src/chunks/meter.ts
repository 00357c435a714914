import { pieceEnd } from '../tokens/piece-end.ts';

/** Counts, and lets others work meanwhile. */
export interface Meter {
  /** Tokens of a short text. Blocks. */
  count(text: string): number;
  /** To be awaited after every few ms of work. */
  rest(): Promise<void> | undefined;
}

/** In UTF-16 units: some ms of work, also where hardly any two characters make one token. */
const PIECE = 4096;

/** Tokens of a text of any length; what is behind the first `enough` of them need not be counted. */
export async function countLong(
  text: string,
  meter: Meter,
  enough = Number.POSITIVE_INFINITY,
): Promise<number> {
  let tokens = 0;
  for (let from = 0; from < text.length && tokens <= enough; ) {
    const to = pieceEnd(text, from, PIECE);
    tokens += meter.count(text.slice(from, to));
    from = to;
    await meter.rest();
  }
  return tokens;
}
