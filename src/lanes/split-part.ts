import { rm } from 'node:fs/promises';
import { isJsonObject } from '../core/json.ts';
import { type BatchFiles, newPart, type PartState } from './batch-state.ts';
import { LineFile } from './line-file.ts';
import { readFileLines } from './read-file-lines.ts';
import { readRecordLine } from './record-line.ts';

/**
 * Two parts instead of one, with half of its requests each; `number` is that of the first, the next one that of the
 * second. The files of the old part stand until the caller has written of the new ones.
 */
export async function splitPart(
  files: BatchFiles,
  part: PartState,
  number: number,
): Promise<readonly [PartState, PartState]> {
  const half = Math.floor(part.requests / 2);
  const halves = [
    await LineFile.create(files.requests(number)),
    await LineFile.create(files.requests(number + 1)),
  ] as const;
  const first = new Set<string>();
  let count = 0;
  for await (const { text } of readFileLines(files.requests(part.number))) {
    count += 1;
    if (count <= half) first.add(customIdIn(text));
    await halves[count <= half ? 0 : 1].add(Buffer.from(`${text}\n`));
  }
  for (const file of halves) await file.close();
  const at = await borderOf(files, part, first);
  const { from, to, not } = part;
  return [
    { ...newPart({ number, requests: half, bytes: halves[0].size, from, to: at }), not },
    { ...newPart({ number: number + 1, requests: count - half, bytes: halves[1].size, from: at, to }), not },
  ];
}

export async function removeRequests(files: BatchFiles, part: PartState): Promise<void> {
  await rm(files.requests(part.number), { force: true });
}

function customIdIn(line: string): string {
  const value: unknown = JSON.parse(line);
  return isJsonObject(value) ? String(value.custom_id) : '';
}

/** Where the records begin that the second half asks for. */
async function borderOf(files: BatchFiles, part: PartState, first: ReadonlySet<string>): Promise<number> {
  for await (const line of readFileLines(files.records, part)) {
    const { customId } = readRecordLine(line.text);
    if (customId !== undefined && !first.has(customId)) return line.from;
  }
  return part.to;
}
