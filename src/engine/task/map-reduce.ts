import { AppError } from '../../core/errors.ts';
import type { Completion, CompletionRequest } from '../../core/request.ts';
import { inParallel } from './in-parallel.ts';
import type { LongTextJob } from './long-text.ts';
import { countRequest } from './measure.ts';
import { partRoom } from './part-room.ts';

/** Rounds in which answers become fewer: each at least halves them, as a rule, so this is enough for millions. */
const MOST_ROUNDS = 24;
/** Tokens by which a prompt sets one answer apart from the next. */
const ANSWER_FRAME = 24;
/** A round that leaves more than this share of the tokens leads nowhere. */
const PROGRESS = 0.95;
/** Requests of a run after which the tokens of its texts are known well enough. */
const LEARNING = 8;

/** An answer about one part, or about several neighbours. */
interface Part {
  readonly text: string;
  readonly tokens: number;
}

/**
 * Asks for each part of the text at once, then joins the answers, neighbours with neighbours and in their order,
 * until one is left. Throws `cannot_reduce` where the answers do not become shorter than what they are made of.
 */
export async function mapReduce(job: LongTextJob): Promise<Completion> {
  const { prompt, tools, record, chunkTokens, overlapTokens, breadth, answer, ask } = job;
  const bare = { ...record, text: '', contentHash: undefined };
  const room = await partRoom(job, prompt.render(bare, { kind: 'map', part: 999, parts: 999 }), chunkTokens);
  const chunks = await tools.chunk(record.text, {
    maxTokens: room,
    overlapTokens: overlapWithin(room, overlapTokens),
  });
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) {
    return answer(prompt.render({ ...record, text: only, contentHash: undefined }), record, ask);
  }
  const answers = await inParallel(chunks, breadth, async (text, index) => {
    const step = { kind: 'map', part: index + 1, parts: chunks.length } as const;
    const request = prompt.render({ ...bare, text }, step);
    const part = await ask(request, 'map');
    if (index < LEARNING) await learn(job, request, part);
    return part;
  });
  const whole = await reduce(job, await Promise.all(answers.map(({ text }) => toPart(job, text))));
  const isCut = answers.some(({ finish }) => finish.unified === 'length');
  return {
    ...whole,
    long: { strategy: 'map-reduce', chunks: chunks.length },
    ...(isCut && { warnings: [...(whole.warnings ?? []), 'part_truncated'] }),
  };
}

/** An overlap of half a part or more would multiply the work. */
export function overlapWithin(room: number, overlapTokens: number): number {
  return Math.min(overlapTokens, Math.floor(room / 2));
}

export async function learn(
  { tools }: LongTextJob,
  request: CompletionRequest,
  answer: Completion,
): Promise<void> {
  const { inputTokens } = answer.usage;
  if (inputTokens === undefined || answer.from !== undefined) return;
  tools.learn(await countRequest(tools, request), inputTokens);
}

async function toPart({ tools }: LongTextJob, text: string): Promise<Part> {
  return { text, tokens: (await tools.count(text)) + ANSWER_FRAME };
}

async function reduce(job: LongTextJob, parts: readonly Part[]): Promise<Completion> {
  const { prompt, record, breadth, answer, ask } = job;
  const bare = { ...record, text: '', contentHash: undefined };
  const room = await partRoom(job, prompt.render(bare, { kind: 'reduce', answers: [], last: true }));
  const joined = (group: readonly Part[], last: boolean): CompletionRequest =>
    prompt.render(bare, { kind: 'reduce', answers: group.map(({ text }) => text), last });
  let level = await fitting(job, parts, room);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const groups = neighbours(level, room);
    if (groups.length === 1) return answer(joined(level, true), record, (request) => ask(request, 'reduce'));
    const before = tokensOf(level);
    const isStuck = groups.length === level.length;
    level = await inParallel(groups, breadth, async (group) => {
      const [first] = group;
      // Alone there is nothing to join it with in this round; only where that is so of all is each made shorter.
      if (group.length === 1 && first !== undefined && !isStuck) return first;
      return toPart(job, (await ask(joined(group, false), 'reduce')).text);
    });
    level = await fitting(job, level, room);
    if (tokensOf(level) > before * PROGRESS) break;
  }
  const message = `the answers about ${parts.length} parts do not become short enough to be joined into one`;
  throw new AppError('cannot_reduce', message, { hint: 'lower --max-output-tokens, or raise --context' });
}

/** Answers that are longer than the room for all are cut, so that every request fits. */
async function fitting(job: LongTextJob, parts: readonly Part[], room: number): Promise<readonly Part[]> {
  if (parts.every(({ tokens }) => tokens <= room)) return parts;
  const cut = parts.map(async (part) => {
    if (part.tokens <= room) return [part];
    const size = { maxTokens: Math.max(1, room - ANSWER_FRAME), overlapTokens: 0 };
    return Promise.all((await job.tools.chunk(part.text, size)).map((text) => toPart(job, text)));
  });
  return (await Promise.all(cut)).flat();
}

function tokensOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { tokens }) => sum + tokens, 0);
}

/** Neighbours in as few groups as fit the room, of about the same size. */
function neighbours(parts: readonly Part[], room: number): readonly (readonly Part[])[] {
  const total = tokensOf(parts);
  const fair = total / Math.ceil(total / room);
  const groups: Part[][] = [];
  let tokens = Number.POSITIVE_INFINITY;
  for (const part of parts) {
    if (tokens + part.tokens > room || tokens >= fair) {
      groups.push([]);
      tokens = 0;
    }
    groups.at(-1)?.push(part);
    tokens += part.tokens;
  }
  return groups;
}
