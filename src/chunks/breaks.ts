/** A line that begins something: a good place to cut before. */
export interface Break {
  readonly at: number;
  /** A heading, what stands behind a blank line, or what stands behind a line break that means something. */
  readonly kind: 'section' | 'paragraph' | 'line';
}

export interface Structure {
  readonly breaks: readonly Break[];
  /** Lines end where they were full, not where a sentence or an entry does. */
  readonly isWrapped: boolean;
}

/** What is looked at before and behind a stretch, in UTF-16 units: some lines. */
const AROUND = 400;
/** A line alone, no longer than this and without an end mark, is taken for a heading. */
const LONGEST_TITLE = 80;
/** Share of lines that begin with a small letter from which on lines are thought to be wrapped. */
const WRAPPED_SHARE = 0.2;

const LINE_END = /\r\n|[\n\r\u0085\u2028\u2029]/g;
const MARKDOWN_HEADING = /^ {0,3}#{1,6}(?:\s|$)/;
const UNDERLINE = /^ {0,3}(?:={3,}|-{3,})\s*$/;
const LIST_MARKER = /^\s*(?:[-*+•‣·]|\d{1,3}[.)])\s/;
const END_MARK = /[.!?…。！？؟۔।॥։,;:，；、]["'”’»」』)\]]*$/u;
const SMALL_LETTER = /^\p{Ll}/u;

interface Line {
  readonly at: number;
  readonly text: string;
  readonly isBlank: boolean;
}

/** The breaks from `from` to `to`, none of them right behind a heading, which stays with what follows it. */
export function findBreaks(text: string, from: number, to: number): Structure {
  const lines = linesOf(text, Math.max(0, from - AROUND), Math.min(text.length, to + AROUND));
  const isWrapped = areWrapped(lines);
  const breaks: Break[] = [];
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i];
    if (line === undefined || line.at < from || line.at > to || line.isBlank) continue;
    const kind = kindOf(lines, i, isWrapped);
    if (kind !== undefined) breaks.push({ at: line.at, kind });
  }
  return { breaks, isWrapped };
}

/** The first and the last may be parts of lines. */
function linesOf(text: string, from: number, to: number): readonly Line[] {
  const slice = text.slice(from, to);
  const lines: Line[] = [];
  let start = 0;
  const add = (end: number): void => {
    const line = slice.slice(start, end);
    lines.push({ at: from + start, text: line, isBlank: line.trim() === '' });
  };
  for (const { 0: mark, index } of slice.matchAll(LINE_END)) {
    add(index);
    start = index + mark.length;
  }
  add(slice.length);
  return lines;
}

function areWrapped(lines: readonly Line[]): boolean {
  let followers = 0;
  let small = 0;
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i];
    if (line === undefined || line.isBlank || lines[i - 1]?.isBlank !== false) continue;
    followers += 1;
    if (SMALL_LETTER.test(line.text)) small += 1;
  }
  return small > 0 && small >= followers * WRAPPED_SHARE;
}

/** What begins with line `i`, if a cut before it is any good. */
function kindOf(lines: readonly Line[], i: number, isWrapped: boolean): Break['kind'] | undefined {
  const isBehindBlank = lines[i - 1]?.isBlank === true;
  let last = i - 1;
  while (last >= 0 && lines[last]?.isBlank === true) last -= 1;
  if (last >= 0 && isHeading(lines, last)) return undefined;
  const { text } = lines[i] ?? { text: '' };
  if (MARKDOWN_HEADING.test(text)) return 'section';
  if (isBehindBlank) return i - last > 2 || isUnderlined(lines, i) ? 'section' : 'paragraph';
  if (UNDERLINE.test(text)) return undefined;
  return isWrapped && !LIST_MARKER.test(text) ? undefined : 'line';
}

function isHeading(lines: readonly Line[], i: number): boolean {
  const text = lines[i]?.text ?? '';
  if (MARKDOWN_HEADING.test(text)) return true;
  if (UNDERLINE.test(text)) return isUnderlined(lines, i - 1);
  if (lines[i + 1]?.isBlank !== true || lines[i - 1]?.isBlank === false || LIST_MARKER.test(text))
    return false;
  return text.length <= LONGEST_TITLE && !END_MARK.test(text.trimEnd());
}

function isUnderlined(lines: readonly Line[], i: number): boolean {
  const line = lines[i];
  const isTitle = line !== undefined && !line.isBlank && line.text.length <= LONGEST_TITLE;
  return isTitle && UNDERLINE.test(lines[i + 1]?.text ?? '');
}
