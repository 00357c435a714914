import { AppError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { PromptStep } from '../core/request.ts';
import type { SummaryLength, SummaryShape, SummaryStyle } from '../core/summary-shape.ts';
import { languageOf } from './language-name.ts';
import { lengthInWords, parseLength, wordsOf } from './parse-length.ts';

/** What is wanted of an answer, as the user or a preset says it. */
export interface FormOptions {
  /** `short`, `medium`, `long`, `80 words`, `3 sentences`. */
  readonly length?: string | undefined;
  readonly style?: SummaryStyle | undefined;
  /** BCP 47, or `auto` for that of the text. */
  readonly language?: string | undefined;
  readonly audience?: string | undefined;
  readonly focus?: string | undefined;
}

export type FormOption = keyof FormOptions;

export const FORM_OPTIONS: readonly FormOption[] = ['length', 'style', 'language', 'audience', 'focus'];

/** Whether it says anything: `--language auto` is what holds without it. */
export function isGiven(options: FormOptions, name: FormOption): boolean {
  return options[name] !== undefined && !(name === 'language' && options[name]?.trim() === 'auto');
}

export interface AnswerForm {
  readonly shape: SummaryShape;
  /** What templates see as `options`: null where it is not set. */
  readonly scope: Readonly<Record<FormOption, string | null>>;
  /** What of it decides over answers, in words. */
  readonly settings: JsonObject;
}

/** A headline is one line. */
const LONGEST_HEADLINE = 30;

/** Reads what is wanted of answers. Throws `usage` for what is not understood or contradicts itself. */
export function answerForm(options: FormOptions): AnswerForm {
  const { style } = options;
  const length = options.length === undefined ? undefined : parseLength(options.length, '--length');
  const language = isGiven(options, 'language')
    ? languageOf(options.language ?? '', '--language')
    : undefined;
  const [audience, focus] = [phrase(options.audience), phrase(options.focus)];
  if (style === 'headline' && length !== undefined) refuseLongHeadline(length);
  const written = length && lengthInWords(length);
  return {
    shape: {
      ...(length !== undefined && { length }),
      ...(style !== undefined && { style }),
      ...(language !== undefined && { language: language.tag }),
    },
    scope: {
      length: written ?? null,
      style: style ?? null,
      language: language?.name ?? null,
      audience: audience ?? null,
      focus: focus ?? null,
    },
    settings: {
      ...(written !== undefined && { length: written }),
      ...(style !== undefined && { style }),
      ...(language !== undefined && { language: language.tag }),
      ...(audience !== undefined && { audience }),
      ...(focus !== undefined && { focus }),
    },
  };
}

/** On one line, and without the full stop that the prompt has itself. */
function phrase(text: string | undefined): string | undefined {
  const plain = text?.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  return plain === '' ? undefined : plain;
}

function refuseLongHeadline(length: SummaryLength): void {
  const fits = length.unit === 'sentences' ? length.count === 1 : length.count <= LONGEST_HEADLINE;
  if (fits) return;
  throw new AppError(
    'usage',
    `--style headline and --length contradict each other: a headline is one line, not ${lengthInWords(length)}`,
    { hint: `leave --length out, or give at most ${LONGEST_HEADLINE} words` },
  );
}

/** Words of the answer about one part where the length of the whole is not set. Its use is to be joined. */
const PART_WORDS = 150;
const LEAST_PART_WORDS = 100;
/** Words of an answer that is carried on from part to part. */
const DRAFT_WORDS = 300;

/**
 * Words that an answer on the way may have. The answers about the parts are to hold twice what the whole will, for
 * what matters of the whole shows only when they are joined.
 */
export function stepWords(step: PromptStep, length: SummaryLength | undefined): number {
  const whole = length === undefined ? undefined : wordsOf(length);
  if (step.kind === 'refine') return Math.max(DRAFT_WORDS, 2 * (whole ?? 0));
  if (whole === undefined) return PART_WORDS;
  const parts = Math.max(1, step.kind === 'map' ? step.parts : step.answers.length);
  return Math.max(LEAST_PART_WORDS, Math.ceil((2 * whole) / parts / 10) * 10);
}

/** Whether the step makes the answer that the user gets. */
export function isFinal(step: PromptStep | undefined): boolean {
  if (step === undefined) return true;
  return step.kind === 'reduce' ? step.last : step.kind === 'refine' && step.part === step.parts;
}

/** What the answer of this step should be like; undefined where nothing is asked. */
export function stepShape(shape: SummaryShape, step: PromptStep | undefined): SummaryShape | undefined {
  const { length, language } = shape;
  const own: SummaryShape =
    step === undefined || isFinal(step)
      ? shape
      : {
          ...(length !== undefined && { length: { unit: 'words', count: stepWords(step, length) } }),
          ...(language !== undefined && { language }),
        };
  return Object.keys(own).length === 0 ? undefined : own;
}
