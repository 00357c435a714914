import { isBlank } from './blanks.ts';
import { findBreaks } from './breaks.ts';
import { boundaryBefore, graphemeEnd } from './graphemes.ts';
import { sentenceStarts } from './sentences.ts';

/**
 * Where in `text`, from `earliest` on and before `end`, to begin repeating what stands there: with a whole paragraph
 * or sentence, else with a word, else with a grapheme; `end` where there is nothing. `floor`: a boundary between
 * graphemes at or before `earliest`.
 */
export function overlapStart(text: string, earliest: number, end: number, floor: number): number {
  const { breaks, isWrapped } = findBreaks(text, earliest, end - 1);
  const sentences = sentenceStarts(text, earliest, end - 1, isWrapped);
  const first = Math.min(breaks[0]?.at ?? end, sentences[0] ?? end);
  return first < end ? first : wordStart(text, earliest, end, floor);
}

function wordStart(text: string, earliest: number, end: number, floor: number): number {
  for (let at = Math.max(1, earliest); at < end; at++) {
    if (isBlank(text, at - 1) && !isBlank(text, at) && boundaryBefore(text, at, floor) === at) return at;
  }
  const before = boundaryBefore(text, earliest, floor);
  return before === earliest ? before : Math.min(end, graphemeEnd(text, before, end - before + 1) ?? end);
}
