import { isBlank } from './blanks.ts';

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** Within this a blank is looked for first, then the border of a word that has none around it. In UTF-16 units. */
const NEAR = 100;
/** Then a blank within this: what is longer is no word. */
const FAR = 2000;

/** The place nearest to `ideal` between two words, after `from` and not after `to`. */
export function nearestWord(text: string, from: number, to: number, ideal: number): number | undefined {
  return (
    nearestBlank(text, from, to, ideal, NEAR) ??
    nearestBorder(text, from, to, ideal) ??
    nearestBlank(text, from, to, ideal, FAR)
  );
}

function nearestBlank(
  text: string,
  from: number,
  to: number,
  ideal: number,
  reach: number,
): number | undefined {
  for (let distance = 0; distance <= reach; distance++) {
    const before = ideal - distance;
    const after = ideal + distance;
    if (before <= from && after > to) return undefined;
    if (before > from && before <= to && isBlank(text, before)) return before;
    if (after > from && after <= to && isBlank(text, after)) return after;
  }
  return undefined;
}

/** For scripts without blanks, such as Chinese and Thai: Latin letters on both sides are a word, a code or an address. */
function nearestBorder(text: string, from: number, to: number, ideal: number): number | undefined {
  const start = Math.max(from, ideal - NEAR);
  const end = Math.min(to, ideal + NEAR);
  if (!/[^\0-\x7f]/.test(text.slice(start, end))) return undefined;
  let nearest: number | undefined;
  for (const { index } of segmenter.segment(text.slice(start, end + 1))) {
    const at = start + index;
    const isLatin = text.charCodeAt(at - 1) < 0x80 && text.charCodeAt(at) < 0x80;
    if (at <= start || at > end || isLatin) continue;
    if (nearest === undefined || Math.abs(at - ideal) < Math.abs(nearest - ideal)) nearest = at;
  }
  return nearest;
}
