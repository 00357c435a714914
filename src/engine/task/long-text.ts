import { AppError, ProviderError } from '../../core/errors.ts';
import type { InputRecord } from '../../core/record.ts';
import type { Completion, CompletionRequest, Prompt } from '../../core/request.ts';
import type { TextTools } from '../../core/text-tools.ts';
import type { ContextWindow } from './context-window.ts';
import { promptRead } from './cut-prompt.ts';
import { mapReduce } from './map-reduce.ts';
import { bytesOf, countRequest, fits } from './measure.ts';
import { refine } from './refine.ts';
import type { Ask, FinalAnswer, Task } from './task.ts';
import { truncate } from './truncate.ts';

/** What is done with a text that does not fit the model's context window; `auto` is `map-reduce`. */
export type Strategy = 'auto' | 'single' | 'map-reduce' | 'refine' | 'truncate' | 'fail';

export interface LongTextParts {
  readonly prompt: Prompt;
  readonly tools: TextTools;
  readonly strategy: Strategy;
  /** One for all records of the run. */
  readonly window: ContextWindow;
  /** Most tokens of a part of a text, where the user sets it. */
  readonly chunkTokens?: number | undefined;
  readonly overlapTokens: number;
  /** Most parts of one text that are worked at at once. */
  readonly breadth: number;
  readonly answer: FinalAnswer;
}

/** One record, and all that work at it needs. */
export interface LongTextJob extends LongTextParts {
  readonly record: InputRecord;
  readonly ask: Ask;
}

/** Asks for the whole text where it fits, else works at it in parts. */
export function longText(parts: LongTextParts): Task {
  return {
    run: async (record, ask) => {
      const job = { ...parts, record, ask };
      const request = parts.prompt.render(record);
      if (!(await isTooLong(job, request))) return askWhole(job, request);
      if (parts.strategy === 'fail') throw await tooLong(job, request);
      return inParts(job);
    },
  };
}

async function isTooLong(job: LongTextJob, request: CompletionRequest): Promise<boolean> {
  const { strategy, window, tools, chunkTokens, record } = job;
  if (strategy === 'single') return false;
  if (window.tokens !== undefined && !(await fits(tools, request, window.tokens))) return true;
  const cutsAnyway = strategy === 'map-reduce' || strategy === 'refine';
  if (!cutsAnyway || chunkTokens === undefined) return false;
  return Buffer.byteLength(record.text) > chunkTokens && (await tools.count(record.text)) > chunkTokens;
}

/** A text that turns out to be too long is worked at in parts, and so are those after it. */
async function askWhole(job: LongTextJob, request: CompletionRequest): Promise<Completion> {
  const { strategy, window, tools, answer, record, ask } = job;
  const inOneGo = strategy === 'single' || strategy === 'fail';
  try {
    const whole = await answer(request, record, ask);
    const read = await promptRead(tools, request, whole);
    if (read === undefined) return whole;
    if (inOneGo) throw readInPart(read);
    window.learn(read.tokens);
  } catch (error) {
    if (inOneGo || !isTooLongError(error)) throw error;
    await learnFrom(job, error, request);
  }
  return inParts(job);
}

/** In parts; once more in smaller ones where the window was thought too large. */
async function inParts(job: LongTextJob): Promise<Completion> {
  const before = job.window.tokens;
  try {
    return await work(job);
  } catch (error) {
    if (!isTooLongError(error) || before === undefined) throw error;
    const stated = error.context?.limit;
    job.window.learn(stated !== undefined && stated < before ? stated : before * SMALLER);
    return work(job);
  }
}

/** What is left of a window in which requests did not fit although they should have. */
const SMALLER = 0.7;

function work(job: LongTextJob): Promise<Completion> {
  if (job.strategy === 'refine') return refine(job);
  return job.strategy === 'truncate' ? truncate(job) : mapReduce(job);
}

/** What the endpoint says of its window; half of what it refused where it says nothing. */
async function learnFrom(job: LongTextJob, error: ProviderError, request: CompletionRequest): Promise<void> {
  const { tools, window } = job;
  const counted = await countRequest(tools, request);
  if (error.context?.prompt !== undefined) tools.learn(counted, error.context.prompt);
  window.learn(error.context?.limit ?? counted / 2);
}

function isTooLongError(error: unknown): error is ProviderError {
  return error instanceof ProviderError && error.code === 'context_too_long';
}

async function tooLong({ tools, window }: LongTextJob, request: CompletionRequest): Promise<AppError> {
  const tokens = await countRequest(tools, request);
  const bytes = bytesOf(request);
  const message = `the request has about ${tokens} tokens (${bytes} bytes) and does not fit the context window of ${window.tokens} tokens`;
  return new AppError('context_too_long', message, {
    hint: 'without --strategy fail it is summarised in parts',
  });
}

function readInPart({ tokens, counted }: { tokens: number; counted: number }): AppError {
  const message = `the endpoint read only ${tokens} of about ${counted} tokens: its context window is smaller than the text`;
  return new AppError('context_too_long', message, {
    hint: 'raise the context size of the server, or let --strategy auto summarise in parts',
  });
}
