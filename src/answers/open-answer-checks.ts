import type { AnswerCheck } from '../core/answer-check.ts';
import { AppError } from '../core/errors.ts';
import { notACopy } from './check-copy.ts';
import { atLeast, atMost } from './check-length.ts';

export interface CheckOptions {
  readonly minWords?: number | undefined;
  readonly maxWords?: number | undefined;
  /** Whether an answer may not be but the text, or its beginning. */
  readonly checkCopy?: boolean | undefined;
  /** BCP 47 tag, or `auto` for any. */
  readonly language?: string | undefined;
  /** Whether the answer has to be in that language. Default: it has to. */
  readonly checkLanguage?: boolean | undefined;
}

/** The checks that these options ask for. Rejects with `usage` where no answer could pass. */
export async function openAnswerChecks(options: CheckOptions): Promise<readonly AnswerCheck[]> {
  const { minWords, maxWords } = options;
  if (minWords !== undefined && maxWords !== undefined && minWords > maxWords) {
    throw new AppError('usage', `--min-words ${minWords} is more than --max-words ${maxWords}`);
  }
  const language = checkedLanguage(options);
  // The detector has a megabyte of n-grams.
  const inLanguage = language && (await import('./check-language.ts')).inLanguage(language);
  return [
    minWords === undefined ? undefined : atLeast(minWords),
    maxWords === undefined ? undefined : atMost(maxWords),
    options.checkCopy === true ? notACopy : undefined,
    inLanguage || undefined,
  ].filter((check) => check !== undefined);
}

/** What of the options decides over answers, for the fingerprint of a run. Without what is not set. */
export function checkSettings(options: CheckOptions): Readonly<Record<string, number | boolean | string>> {
  const { minWords, maxWords, checkCopy } = options;
  const language = checkedLanguage(options);
  return {
    ...(minWords !== undefined && { minWords }),
    ...(maxWords !== undefined && { maxWords }),
    ...(checkCopy === true && { checkCopy }),
    ...(language !== undefined && { checkLanguage: language }),
  };
}

function checkedLanguage({ language, checkLanguage = true }: CheckOptions): string | undefined {
  return checkLanguage && language !== undefined && language !== 'auto' ? language : undefined;
}
