import type { AnswerCheck } from '../core/answer-check.ts';
import { countWords } from './count-words.ts';

export function atLeast(minWords: number): AnswerCheck {
  return {
    code: 'too_short',
    fault(answer) {
      const count = countWords(answer);
      if (count >= minWords) return undefined;
      return `Your answer has ${count} words, which is too short: it has to have at least ${minWords}.`;
    },
  };
}

export function atMost(maxWords: number): AnswerCheck {
  return {
    code: 'too_long',
    fault(answer) {
      const count = countWords(answer);
      if (count <= maxWords) return undefined;
      return `Your answer has ${count} words, which is too long: it must not have more than ${maxWords}.`;
    },
  };
}
