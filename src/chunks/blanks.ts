import { boundaryBefore } from './graphemes.ts';

const BLANK = /\s/;

export function isBlank(text: string, at: number): boolean {
  return at < text.length && BLANK.test(text.charAt(at));
}

/** The first place from `at` on that is not blank. A blank that an accent stands on is kept. */
export function skipBlanks(text: string, at: number): number {
  let to = at;
  while (isBlank(text, to)) to++;
  return to > at ? boundaryBefore(text, to, to - 1) : to;
}

/** The place behind the last one before `at` that is not blank, but not before `floor`. */
export function trimBlanks(text: string, at: number, floor: number): number {
  let to = at;
  while (to > floor && isBlank(text, to - 1)) to--;
  // A sign that belongs to what follows it, such as the Arabic number sign, keeps its blank.
  return to < at && to > 0 && boundaryBefore(text, to, Math.max(0, to - 2)) < to ? to + 1 : to;
}
