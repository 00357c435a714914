const segmenter = new Intl.Segmenter('und', { granularity: 'sentence' });

/** `Intl.Segmenter` takes time that grows with the square of what it is given; this much takes 0.1 ms. */
const WINDOW = 4000;
/** Where a sentence begins is only known from what stands before; in UTF-16 units. */
const BEFORE = 300;
/** A full stop behind one of these ends no sentence. */
const ABBREVIATION =
  /(?:^|[\s("'„“«])(?:\p{Lu}|Dr|Mr|Mrs|Ms|Prof|St|Sr|Jr|Gen|Col|Capt|Lt|Rev|Gov|Sen|vs|No|Nos|Fig|Figs|Eq|Vol|pp|cf|ca|e\.g|i\.e|z\.B|d\.h|bzw|Nr|Mme|Sra)\.\s+$/u;
/** Line breaks of a wrapped paragraph, where a sentence goes on. */
const WRAP = /(?<![\n\r][ \t]{0,8})\r?\n(?![ \t]{0,8}[\n\r])/g;

/**
 * Where sentences begin, from `from` to `to`, besides those at the beginning of a line. With `isWrapped` a single
 * line break is no more than a blank.
 */
export function sentenceStarts(
  text: string,
  from: number,
  to: number,
  isWrapped: boolean,
): readonly number[] {
  const start = Math.max(0, from - BEFORE);
  const slice = text.slice(start, Math.min(text.length, to + 2));
  const flat = isWrapped ? slice.replace(WRAP, (mark) => ' '.repeat(mark.length)) : slice;
  const starts: number[] = [];
  for (let at = 0; at < flat.length; ) {
    let next = at;
    for (const { segment, index } of segmenter.segment(flat.slice(at, at + WINDOW))) {
      next = at + index;
      const place = start + next;
      if (index > 0 && place >= from && place <= to && isEnd(flat, next)) starts.push(place);
      if (next + segment.length === flat.length) return starts;
    }
    // The last one of a window may go on behind it.
    at = next > at ? next : at + WINDOW;
  }
  return starts;
}

/** Whether a sentence has ended before this place, within a line. */
function isEnd(text: string, at: number): boolean {
  const tail = text.slice(Math.max(0, at - 14), at);
  return !/[\n\r\u0085\u2028\u2029]\s*$/.test(tail) && !ABBREVIATION.test(tail);
}
