import { AppError } from '../core/errors.ts';
import type { SummaryLength } from '../core/summary-shape.ts';

/** In words. */
const NAMED: Readonly<Record<string, number>> = { short: 40, medium: 100, long: 250 };
const MOST = 100_000;
/** What a sentence comes to, in words. */
const SENTENCE = 20;

/**
 * `short`, `medium`, `long`, `80 words` or `3 sentences`. Throws `usage` for anything else; `label` names
 * where it comes from.
 */
export function parseLength(text: string, label: string): SummaryLength {
  const named = Object.hasOwn(NAMED, text.trim()) ? NAMED[text.trim()] : undefined;
  if (named !== undefined) return { unit: 'words', count: named };
  const [, digits, unit] = /^\s*(\d{1,6})[\s-]*(word|sentence)s?\s*$/i.exec(text) ?? [];
  const count = Number(digits);
  if (unit === undefined || count < 1 || count > MOST) {
    throw new AppError('usage', `${label}: ${JSON.stringify(text.slice(0, 60))} is not a length`, {
      hint: 'write short, medium, long, or a number such as "80 words" or "3 sentences"',
    });
  }
  return { unit: unit.toLowerCase() === 'word' ? 'words' : 'sentences', count };
}

/** As a prompt says it: `about 80 words`, `3 sentences`. */
export function lengthInWords({ unit, count }: SummaryLength): string {
  return unit === 'words'
    ? `about ${count} ${count === 1 ? 'word' : 'words'}`
    : `${count} ${count === 1 ? 'sentence' : 'sentences'}`;
}

/** Words that a length comes to. */
export function wordsOf({ unit, count }: SummaryLength): number {
  return unit === 'words' ? count : count * SENTENCE;
}
