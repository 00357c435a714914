import type { AnswerCheck } from '../core/answer-check.ts';

/** Letters and digits; a shorter text may well be its own summary. */
const SHORTEST = 80;

/** An answer that is but the text, or its beginning: what a model does that takes the text for all there is to say. */
export const notACopy: AnswerCheck = {
  code: 'same_as_input',
  fault(answer, { text }) {
    const said = essence(answer);
    if (said.length < SHORTEST) return undefined;
    // Enough of the text for the answer, whatever stands between its letters.
    if (!essence(text.slice(0, answer.length * 2 + 1000)).startsWith(said)) return undefined;
    return 'Your answer only repeats the text. Say in your own words what it comes to.';
  },
};

/** Letters and digits alone, whatever their case and form. */
function essence(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '');
}
