import type { AnswerCheck, AnswerReader } from '../../core/answer-check.ts';
import { AppError } from '../../core/errors.ts';
import { failureRule } from '../../core/failures.ts';
import type { InputRecord } from '../../core/record.ts';
import type { Completion, CompletionRequest, Message } from '../../core/request.ts';
import { judge, type Verdict } from './judge-answer.ts';
import type { Ask, FinalAnswer } from './task.ts';

export interface CheckedParts {
  /** Missing where the answer is prose. */
  readonly reader?: AnswerReader | undefined;
  readonly checks: readonly AnswerCheck[];
}

/** How often an answer is asked for again that is not the data it should be, and one that misses a check. */
const MORE = { unreadable: 2, misses: 1 } as const;
/** Of a faulty answer no more than this is shown to the model again, in UTF-16 units. */
const MOST_QUOTED = 8_000;

/**
 * Reads and checks the final answer. One at fault is asked for again, with itself and what is wrong. Throws
 * `invalid_answer` where it never becomes the data that it should be; where it never meets the checks, the answer that
 * misses fewest stands, with their codes as warnings.
 */
export function checked(parts: CheckedParts): FinalAnswer {
  return async (request, record, ask) => {
    let isOwn = false;
    const noting: Ask = async (asked, step) => {
      const answer = await ask(asked, step);
      isOwn ||= answer.from !== 'cache' && answer.from !== 'parts';
      return answer;
    };
    try {
      return await bestOf(parts, { request, record, ask: noting });
    } catch (error) {
      // What an earlier run was answered would fail this record in every later one.
      if (isOwn || !(error instanceof AppError) || error.code !== 'invalid_answer') throw error;
      return bestOf(parts, { request: { ...request, anew: true }, record, ask });
    }
  };
}

interface Job {
  readonly request: CompletionRequest;
  readonly record: InputRecord;
  readonly ask: Ask;
}

async function bestOf(parts: CheckedParts, { request, record, ask }: Job): Promise<Completion> {
  const asked = { unreadable: 0, misses: 0 };
  let best: Completion | undefined;
  let answer = await ask(request);
  for (;;) {
    const verdict = judge(parts, answer, record);
    if (verdict.kind === 'good') return verdict.answer;
    if (verdict.kind === 'misses') best = better(best, verdict.answer);
    else if (best !== undefined) return best;
    if (asked[verdict.kind] === MORE[verdict.kind]) return best ?? fail(answer, verdict);
    asked[verdict.kind] += 1;
    try {
      answer = await ask(withFault(request, answer.text, verdict.fault, asked[verdict.kind]));
    } catch (error) {
      if (!(error instanceof AppError) || failureRule(error.code).scope === 'run') throw error;
      if (best !== undefined) return best;
      // Longer by an answer than the request, which did fit.
      if (error.code === 'context_too_long') fail(answer, verdict);
      throw error;
    }
  }
}

/** `time`: how often this kind of fault was met, from 1. It is told, for the same request would get the same answer. */
function withFault(
  request: CompletionRequest,
  answer: string,
  fault: string,
  time: number,
): CompletionRequest {
  const quoted = answer.length > MOST_QUOTED ? `${answer.slice(0, MOST_QUOTED)}…` : answer;
  const again = time > 1 ? 'This is no better. ' : '';
  const messages: readonly Message[] = [
    ...request.messages,
    { role: 'assistant', content: quoted },
    {
      role: 'user',
      content: `${again}${fault}\n\nAnswer once more, in full. Write nothing but the answer itself.`,
    },
  ];
  // It is no longer the content alone that the request is made of.
  return { ...request, messages, document: { ...request.document, contentHash: undefined } };
}

/** Of answers that miss as many checks the later one, which was written to mend the earlier. */
function better(one: Completion | undefined, other: Completion): Completion {
  if (one === undefined) return other;
  return (one.warnings?.length ?? 0) < (other.warnings?.length ?? 0) ? one : other;
}

type Fault = Exclude<Verdict, { readonly kind: 'good' }>;

function fail({ finish }: Completion, { fault }: Fault): never {
  const message = `no answer is the data that the schema describes; of the last: ${fault}`;
  throw new AppError('invalid_answer', message.replace(/\s+/g, ' '), {
    hint:
      finish.unified === 'length'
        ? 'raise --max-output-tokens, or let --on-truncated be retry'
        : 'see that the prompt and the schema ask for the same',
  });
}
