/** How a summary relates to its text. */
export interface Extractiveness {
  /** Tokens of the text for each of the summary. */
  readonly compression: number;
  /** Share of the summary's tokens that stand in runs taken from the text. */
  readonly coverage: number;
  /** Mean length of the run that a token of the summary belongs to: how much is copied in one piece. */
  readonly density: number;
}

/** Places of one token in the text that are tried: of "the" in a book there are thousands. */
const MOST_PLACES = 200;

/**
 * Compression, coverage and density by extractive fragments (M. Grusky, M. Naaman, Y. Artzi, "Newsroom", 2018,
 * section 4). Undefined where one of the two holds no token.
 */
export function extractiveness(
  summary: readonly string[],
  text: readonly string[],
): Extractiveness | undefined {
  if (summary.length === 0 || text.length === 0) return undefined;
  let covered = 0;
  let squares = 0;
  for (const length of fragments(summary, text)) {
    covered += length;
    squares += length * length;
  }
  return {
    compression: text.length / summary.length,
    coverage: covered / summary.length,
    density: squares / summary.length,
  };
}

/** From the left, always the longest run that stands in the text too. */
function* fragments(summary: readonly string[], text: readonly string[]): Generator<number> {
  const places = new Map<string, number[]>();
  text.forEach((token, at) => {
    const known = places.get(token);
    if (known === undefined) places.set(token, [at]);
    else if (known.length < MOST_PLACES) known.push(at);
  });
  for (let from = 0; from < summary.length; ) {
    let longest = 0;
    for (const at of places.get(summary[from] ?? '') ?? []) {
      let length = 0;
      while (from + length < summary.length && summary[from + length] === text[at + length]) length += 1;
      longest = Math.max(longest, length);
    }
    if (longest > 0) yield longest;
    from += Math.max(1, longest);
  }
}
