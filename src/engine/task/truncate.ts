import type { Completion } from '../../core/request.ts';
import type { LongTextJob } from './long-text.ts';
import { partRoom } from './part-room.ts';

/** Asks for the beginning of the text alone, as much as fits. The answer is marked. */
export async function truncate(job: LongTextJob): Promise<Completion> {
  const { prompt, tools, record, answer, ask } = job;
  const room = await partRoom(job, prompt.render({ ...record, text: '', contentHash: undefined }));
  const text = await tools.head(record.text, room);
  const request = prompt.render({ ...record, text, contentHash: undefined });
  return { ...(await answer(request, record, ask)), long: { strategy: 'truncate', chunks: 1 } };
}
