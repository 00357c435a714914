import { cutPiece } from './cut-piece.ts';

export interface Sentence {
  /** Trimmed, never empty, at most `LONGEST_SENTENCE` UTF-16 units. */
  readonly text: string;
  /** What parts it from the next: nothing in scripts without spaces, a line break behind a line that has no end mark. */
  readonly gap: '' | ' ' | '\n';
}

export interface SentenceRules {
  /** BCP 47 tag for `Intl.Segmenter`. */
  readonly locale: string;
  /** Whether a number with a full stop is an ordinal ("3. Mai") and ends no sentence. */
  readonly ordinalDot: boolean;
}

/** In UTF-16 units. What is longer is cut: at a space where there is one, never inside a grapheme. */
export const LONGEST_SENTENCE = 600;
const CUT_LENGTH = 300;
/** `Intl.Segmenter` takes time that grows with the square of what it is given; this much takes 0.1 ms. */
const WINDOW = 4000;
/** Pieces of a text in a script that marks no ends of sentences. */
const PHRASE_LENGTH = 90;

const NO_END_MARKS = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** Without one of these there is nothing to segment; `;` ends Greek questions. */
export const END_MARK = /[\p{Sentence_Terminal};\u037e]/u;
const ORDINAL = /(?:^|\s)\d{1,2}\.$/;
/** Initials, and abbreviations that stand before a capital or a number. */
const ABBREVIATION =
  /(?:^|[\s("'„“«])(?:\p{Lu}|Dr|Mr|Mrs|Ms|Prof|St|Sr|Jr|Gen|Col|Capt|Lt|Rev|Hon|Gov|Sen|Rep|vs|Nos|Fig|Figs|Eq|Vol|pp|ed|al|cf|approx|ca|e\.g|i\.e|z\.B|d\.h|u\.a|bzw|Nr|Abs|Art|Hr|Fr|Mme|Mlle|MM|Sra|Sta|Dra|Dott|Sig|dhr|mevr|im|ul|prof|inż|ст|ул|им|г|гг|стр|рис|проф)\.$/u;

const segmenters = new Map<string, Intl.Segmenter>();

function segmenterFor(locale: string): Intl.Segmenter {
  let segmenter = segmenters.get(locale);
  if (segmenter === undefined) {
    segmenter = new Intl.Segmenter(locale, { granularity: 'sentence' });
    segmenters.set(locale, segmenter);
  }
  return segmenter;
}

/** The sentences of one block of text (spaces collapsed), in order: together with their gaps they are the block. */
export function splitSentences(block: string, rules: SentenceRules): Sentence[] {
  const sentences: Sentence[] = [];
  let from = 0;
  for (const piece of END_MARK.test(block) ? piecesOf(block, rules) : cutLong(block)) {
    const text = piece.trim();
    const end = from + piece.trimEnd().length;
    if (text !== '') sentences.push({ text, gap: block[end] === ' ' ? ' ' : '' });
    from += piece.length;
  }
  return sentences;
}

function piecesOf(block: string, rules: SentenceRules): string[] {
  const pieces: string[] = [];
  let held = '';
  let from = 0;
  while (from < block.length) {
    const window = windowAt(block, from);
    from += window.length;
    for (const { segment } of segmenterFor(rules.locale).segment(window)) {
      held += segment;
      if (held.length > LONGEST_SENTENCE || !endsOpen(held.trimEnd(), rules)) {
        pieces.push(...cutLong(held));
        held = '';
      }
    }
  }
  return [...pieces, ...cutLong(held)];
}

/** Up to `WINDOW` units, ending behind a full stop where the second half holds one, so that few sentences are cut. */
function windowAt(block: string, from: number): string {
  const window = block.slice(from, from + WINDOW);
  if (from + WINDOW >= block.length) return window;
  const stop = window.lastIndexOf('. ');
  return stop > WINDOW / 2 ? window.slice(0, stop + 2) : cutPiece(block, from, WINDOW);
}

function endsOpen(text: string, rules: SentenceRules): boolean {
  if (!text.endsWith('.')) return false;
  const tail = text.slice(-14);
  return ABBREVIATION.test(tail) || (rules.ordinalDot && ORDINAL.test(tail));
}

function cutLong(segment: string): string[] {
  const limit = NO_END_MARKS.test(segment) ? PHRASE_LENGTH : LONGEST_SENTENCE;
  if (segment.length <= limit) return [segment];
  const count = Math.ceil(segment.length / Math.min(limit, CUT_LENGTH));
  const size = Math.ceil(segment.length / count);
  const pieces: string[] = [];
  for (let from = 0; from < segment.length; from += pieces.at(-1)?.length ?? 0) {
    pieces.push(cutPiece(segment, from, size));
  }
  return pieces;
}
