import type { Completion } from '../../core/request.ts';
import type { LongTextJob } from './long-text.ts';
import { learn, overlapWithin } from './map-reduce.ts';
import { partRoom } from './part-room.ts';

/** Share of the room that the answer so far may take; the rest is for the next part. */
const ANSWER_SHARE = 0.4;

/** Asks for the first part, then has the answer carried on with each part after it. One request after the other. */
export async function refine(job: LongTextJob): Promise<Completion> {
  const { prompt, tools, record, chunkTokens, overlapTokens, answer, ask } = job;
  const bare = { ...record, text: '', contentHash: undefined };
  const empty = prompt.render(bare, { kind: 'refine', part: 999, parts: 999, answer: '' });
  const room = await partRoom(job, empty);
  const answerRoom = Math.min(Math.floor(room * ANSWER_SHARE), ANSWER_MOST);
  const maxTokens = Math.min(room - answerRoom, chunkTokens ?? Number.POSITIVE_INFINITY);
  const chunks = await tools.chunk(record.text, {
    maxTokens,
    overlapTokens: overlapWithin(maxTokens, overlapTokens),
  });
  let isCut = false;
  let soFar: Completion | undefined;
  for (const [index, text] of chunks.entries()) {
    const part = index + 1;
    const step =
      soFar === undefined
        ? ({ kind: 'map', part, parts: chunks.length } as const)
        : ({
            kind: 'refine',
            part,
            parts: chunks.length,
            answer: await tools.head(soFar.text, answerRoom),
          } as const);
    const isLast = part === chunks.length;
    const request = prompt.render({ ...bare, text }, chunks.length === 1 ? undefined : step);
    soFar = isLast
      ? await answer(request, record, (asked) => ask(asked, 'reduce'))
      : await ask(request, soFar === undefined ? 'map' : 'reduce');
    if (part === 1) await learn(job, request, soFar);
    if (!isLast) isCut ||= soFar.finish.unified === 'length';
  }
  if (soFar === undefined) throw new Error('a text has at least one part');
  if (chunks.length === 1) return soFar;
  return {
    ...soFar,
    long: { strategy: 'refine', chunks: chunks.length },
    ...(isCut && { warnings: [...(soFar.warnings ?? []), 'part_truncated'] }),
  };
}

/** Tokens: no answer that is carried on needs more. */
const ANSWER_MOST = 4_000;
