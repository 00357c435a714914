const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** The last boundary between graphemes at or before `at`. `floor`: a boundary before it. */
export function boundaryBefore(text: string, at: number, floor: number): number {
  if (at >= text.length) return text.length;
  let start = at;
  while (start > floor && !isPlainPair(text.charCodeAt(start - 1), text.charCodeAt(start))) start--;
  if (start >= at) return at;
  // Whether a grapheme ends somewhere depends on all of it before, and on one character after.
  const found = graphemes.segment(text.slice(start, at + 2)).containing(at - start);
  return start + (found?.index ?? 0);
}

/** Where the grapheme ends that begins at `from`; undefined where it is longer than `most` UTF-16 units. */
export function graphemeEnd(text: string, from: number, most: number): number | undefined {
  const slice = text.slice(from, from + most);
  const length = graphemes.segment(slice).containing(0)?.segment.length ?? 0;
  return length === slice.length && from + length < text.length ? undefined : from + length;
}

/** The end of the character at `from`, which is a surrogate pair or one code unit. */
export function characterEnd(text: string, from: number): number {
  return from + ((text.codePointAt(from) ?? 0) > 0xffff ? 2 : 1);
}

/** The same place, or the one before where that is inside a surrogate pair. */
export function characterStart(text: string, at: number): number {
  return at > 0 && (text.codePointAt(at - 1) ?? 0) > 0xffff ? at - 1 : at;
}

/** Of these, two that follow each other never are one grapheme: Latin letters and signs, Chinese characters. */
function isPlainPair(before: number, after: number): boolean {
  return isPlain(before) && isPlain(after) && !(before === 0x0d && after === 0x0a);
}

function isPlain(code: number): boolean {
  return code < 0x80 || (code >= 0x4e00 && code < 0xa000);
}
