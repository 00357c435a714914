import { type Break, findBreaks } from './breaks.ts';
import { boundaryBefore } from './graphemes.ts';
import { sentenceStarts } from './sentences.ts';
import { nearestWord } from './words.ts';

/**
 * Places in a text, rising: a cut is wanted near `ideal` and not behind `most`; before `least`, which costs a part
 * more, only where it would else be inside a sentence.
 */
export interface CutWish {
  readonly least: number;
  readonly ideal: number;
  readonly most: number;
}

/** How far from the ideal a cut may be to be a better one, in shares of what is cut off. */
const REACH = { section: 0.25, paragraph: 0.2, line: 0.12, sentence: 0.1 } as const;
/** The least that is cut off to end with a sentence or a line instead of a word, in shares of the ideal. */
const LEAST_SHARE = 0.5;

/**
 * Where to end what begins at `from`: before a heading, else behind a paragraph, a line, a sentence or a word, else
 * between two graphemes. Returns `from` where the first grapheme is longer than all that is allowed.
 */
export function chooseCut(text: string, from: number, wish: CutWish): number {
  const { ideal, most } = wish;
  const length = ideal - from;
  const inReach = (reach: number): Stretch => ({
    from: Math.max(from + 1, wish.least, Math.ceil(ideal - length * reach)),
    to: Math.min(most, Math.floor(ideal + length * reach)),
  });
  const onBoundary = (at: number | undefined): number | undefined =>
    at !== undefined && boundaryBefore(text, at, from) === at ? at : undefined;

  const half = { from: from + Math.max(1, Math.ceil(length * LEAST_SHARE)), to: most };
  const { breaks, isWrapped } = findBreaks(text, half.from, most);
  for (const kind of ['section', 'paragraph', 'line'] as const) {
    const at = nearest(placesOf(breaks, kind), inReach(REACH[kind]), ideal);
    if (at !== undefined) return at;
  }
  const sentences = sentenceStarts(text, half.from, most, isWrapped);
  const other =
    onBoundary(nearest(sentences, inReach(REACH.sentence), ideal)) ??
    onBoundary(nearest([...sentences, ...placesOf(breaks)], half, ideal)) ??
    onBoundary(nearestWord(text, from, most, ideal)) ??
    boundaryBefore(text, ideal, from);
  return other > from ? other : boundaryBefore(text, most, from);
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}

function placesOf(breaks: readonly Break[], kind?: Break['kind']): readonly number[] {
  return breaks.filter((each) => kind === undefined || each.kind === kind).map(({ at }) => at);
}

function nearest(places: readonly number[], { from, to }: Stretch, ideal: number): number | undefined {
  let best: number | undefined;
  for (const at of places) {
    if (at < from || at > to) continue;
    if (best === undefined || Math.abs(at - ideal) < Math.abs(best - ideal)) best = at;
  }
  return best;
}
