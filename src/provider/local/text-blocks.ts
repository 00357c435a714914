import { stripHtml } from './strip-html.ts';

/**
 * A stretch of text that is read as one: whitespace collapsed to single spaces, never blank. An `aside` (heading,
 * code, table, front matter) is no material for a summary unless there is nothing else.
 */
export interface Block {
  readonly kind: 'prose' | 'item' | 'aside';
  readonly text: string;
}

const FENCE = /^ {0,3}(```|~~~)/;
const HEADING = /^ {0,3}#{1,6}(?:\s|$)/;
const UNDERLINE = /^ {0,3}(?:={3,}|-{3,})\s*$/;
const RULE = /^ {0,3}(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$/;
const TABLE_ROW = /^\s*\|.*\|\s*$/;
const LIST_MARKER = /^\s*(?:[-*+•‣·]|\d{1,3}[.)])\s+(?=\S)/;
const QUOTE_MARKER = /^ {0,3}>+ ?/;
const SENTENCE_END = /[.!?…。！？؟۔।॥։።:;]["'”’»」』)\]]*$/u;
const STARTS_LOWER = /^\p{Ll}/u;

/** A line alone, no longer than this (in UTF-16 units) and without an end mark, is taken for a title. */
const LONGEST_TITLE = 80;
/** Widths between which lines are thought to be hard-wrapped. */
const NARROWEST_WRAP = 40;
const WIDEST_WRAP = 160;

/** Cuts a text, plain or Markdown or HTML, into blocks in their order. */
export function splitBlocks(text: string): Block[] {
  const lines = stripHtml(text).split(/\r\n|[\n\r\u0085\u2028\u2029]/);
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  let kind: Block['kind'] = 'prose';
  const flush = (): void => {
    addParagraph(blocks, kind, paragraph);
    paragraph = [];
    kind = 'prose';
  };
  let fence = '';
  for (let at = frontMatterEnd(lines, blocks); at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const mark = FENCE.exec(line)?.[1] ?? '';
    if (fence !== '' || mark !== '') {
      flush();
      if (fence !== '' && mark !== fence) add(blocks, 'aside', line);
      fence = fence === '' ? mark : mark === fence ? '' : fence;
    } else if (UNDERLINE.test(line) && paragraph.length === 1) {
      kind = 'aside';
      flush();
    } else if (line.trim() === '' || RULE.test(line)) {
      flush();
    } else if (HEADING.test(line) || TABLE_ROW.test(line)) {
      flush();
      add(blocks, 'aside', line.replace(HEADING, ''));
    } else if (LIST_MARKER.test(line)) {
      flush();
      kind = 'item';
      paragraph.push(line.replace(LIST_MARKER, ''));
    } else {
      paragraph.push(line.replace(QUOTE_MARKER, ''));
    }
  }
  flush();
  return blocks;
}

function frontMatterEnd(lines: readonly string[], blocks: Block[]): number {
  if (lines[0]?.trimEnd() !== '---') return 0;
  const end = lines.slice(1, 60).findIndex((line) => line.trimEnd() === '---');
  if (end === -1) return 0;
  for (const line of lines.slice(1, end + 1)) add(blocks, 'aside', line);
  return end + 2;
}

function addParagraph(blocks: Block[], kind: Block['kind'], lines: readonly string[]): void {
  const joined = kind === 'item' || isWrapped(lines) ? [lines.join(' ')] : lines;
  const [only = ''] = joined;
  const isTitle = kind === 'prose' && joined.length === 1 && isTitleLike(only.trim());
  for (const line of joined) add(blocks, isTitle ? 'aside' : kind, line);
}

function isTitleLike(line: string): boolean {
  return line.length <= LONGEST_TITLE && !SENTENCE_END.test(line);
}

/** Lines are hard-wrapped where the next line's first word would not have fitted, or the text runs on in lower case. */
function isWrapped(lines: readonly string[]): boolean {
  if (lines.length < 2) return true;
  const trimmed = lines.map((line) => line.trim());
  const width = trimmed.reduce((most, line) => Math.max(most, line.length), 0);
  if (width < NARROWEST_WRAP || width > WIDEST_WRAP) return false;
  let runsOn = 0;
  let full = 0;
  for (let at = 1; at < trimmed.length; at += 1) {
    const line = trimmed[at] ?? '';
    const [firstWord = ''] = line.split(' ', 1);
    if (STARTS_LOWER.test(line)) runsOn += 1;
    if ((trimmed[at - 1] ?? '').length + 1 + firstWord.length > width) full += 1;
  }
  const breaks = trimmed.length - 1;
  return runsOn >= breaks / 2 || (breaks > 1 && full >= breaks * 0.8);
}

function add(blocks: Block[], kind: Block['kind'], text: string): void {
  const collapsed = collapseSpaces(kind === 'aside' ? text : withoutMarkup(text));
  if (collapsed !== '') blocks.push({ kind, text: collapsed });
}

/** Whitespace of any kind and length as one space each, none at the ends. */
export function collapseSpaces(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Without the marks of bold, emphasis, images and links in Markdown. */
function withoutMarkup(text: string): string {
  if (!/\*|\]\(/.test(text)) return text;
  return text
    .replace(/!?\[([^[\]]{0,300})\]\([^()\s]{1,500}\)/g, '$1')
    .replace(/(\*{1,3})(?=[^\s*])([^*]{1,300}[^\s*])\1/g, '$2');
}
