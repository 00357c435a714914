const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * The piece of `text` that starts at `from` and has at most `size` UTF-16 units: it ends behind the last space in its
 * second half, else between two graphemes. A grapheme longer than `size` is cut (a letter under a thousand accents),
 * a surrogate pair never, even if `size` is 1. Never empty while there is text.
 */
export function cutPiece(text: string, from: number, size: number): string {
  const end = from + size;
  if (end >= text.length) return text.slice(from);
  const piece = text.slice(from, end);
  const space = piece.lastIndexOf(' ');
  if (space >= size / 2) return piece.slice(0, space + 1);
  return text.slice(from, graphemeEnd(text, from, end));
}

/** How far to look past the end for the rest of its grapheme. */
const LOOK_AHEAD = 64;

/** The last boundary between graphemes at or before `end`. */
function graphemeEnd(text: string, from: number, end: number): number {
  const start = certainBoundary(text, from, end);
  let last = start;
  for (const { index } of graphemes.segment(text.slice(start, end + LOOK_AHEAD))) {
    if (start + index > end) break;
    last = start + index;
  }
  return last > from ? last : pairEnd(text, from, end);
}

/** Between two ASCII characters there is always a boundary: no need to segment from the beginning. */
function certainBoundary(text: string, from: number, end: number): number {
  let at = end;
  while (at > from && !(text.charCodeAt(at) < 0x80 && text.charCodeAt(at - 1) < 0x80)) at -= 1;
  return at;
}

function pairEnd(text: string, from: number, end: number): number {
  const unit = text.charCodeAt(end - 1);
  const isHighSurrogate = unit >= 0xd800 && unit <= 0xdbff;
  if (!isHighSurrogate) return end;
  return end - 1 > from ? end - 1 : end + 1;
}
