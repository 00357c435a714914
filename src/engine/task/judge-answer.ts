import type { AnswerCheck, AnswerReader } from '../../core/answer-check.ts';
import type { Json } from '../../core/json.ts';
import type { InputRecord } from '../../core/record.ts';
import type { Completion } from '../../core/request.ts';

/** What is thought of an answer. `fault` is in words that the model can act on. */
export type Verdict =
  | { readonly kind: 'good'; readonly answer: Completion }
  /** Good as data, but it misses checks: those in its warnings. */
  | { readonly kind: 'misses'; readonly answer: Completion; readonly fault: string }
  /** It is not the data that it should be. */
  | { readonly kind: 'unreadable'; readonly fault: string };

interface Judges {
  readonly reader?: AnswerReader | undefined;
  readonly checks: readonly AnswerCheck[];
}

/** Reads and checks an answer. Where it is data, its text becomes that data's JSON, without what was around it. */
export function judge({ reader, checks }: Judges, answer: Completion, record: InputRecord): Verdict {
  if (reader === undefined) return checkAll(checks, answer, answer.text, record);
  if (answer.finish.unified === 'length') return { kind: 'unreadable', fault: CUT_OFF };
  const read = reader.read(answer.text);
  if (!read.ok) return { kind: 'unreadable', fault: read.fault };
  const { data } = read;
  return checkAll(checks, { ...answer, text: JSON.stringify(data), data }, wordsOf(data), record);
}

const CUT_OFF =
  'Your answer was cut off at the limit of its length, so the JSON is not whole. Keep every text in it short.';

function checkAll(
  checks: readonly AnswerCheck[],
  answer: Completion,
  text: string,
  record: InputRecord,
): Verdict {
  const misses = checks.flatMap((check) => {
    const fault = check.fault(text, record);
    return fault === undefined ? [] : [{ code: check.code, fault }];
  });
  if (misses.length === 0) return { kind: 'good', answer };
  const warnings = [...(answer.warnings ?? []), ...misses.map(({ code }) => code)];
  return {
    kind: 'misses',
    answer: { ...answer, warnings },
    fault: misses.map(({ fault }) => fault).join(' '),
  };
}

/** The texts within data, a line each: what there is to be checked in it. */
function wordsOf(data: Json): string {
  if (typeof data === 'string') return data;
  if (typeof data !== 'object' || data === null) return '';
  return Object.values(data).map(wordsOf).filter(Boolean).join('\n');
}
