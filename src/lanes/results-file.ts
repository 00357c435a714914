import { existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { Lane, LaneResult } from './lane.ts';
import { readFileLines } from './read-file-lines.ts';

interface Span {
  readonly from: number;
  readonly bytes: number;
}

/** The results of one part, found by the id of the request; in memory stands only where each is. */
export class ResultsFile {
  readonly #file: FileHandle | undefined;
  readonly #lane: Lane;
  readonly #spans: ReadonlyMap<string, Span>;

  private constructor(file: FileHandle | undefined, lane: Lane, spans: ReadonlyMap<string, Span>) {
    this.#file = file;
    this.#lane = lane;
    this.#spans = spans;
  }

  /** A file that is not there has no results. */
  static async open(path: string, lane: Lane): Promise<ResultsFile> {
    if (!existsSync(path)) return new ResultsFile(undefined, lane, new Map());
    const spans = new Map<string, Span>();
    for await (const { text, from, to } of readFileLines(path)) {
      const customId = parse(text)?.custom_id;
      if (typeof customId === 'string') spans.set(customId, { from, bytes: to - from });
    }
    return new ResultsFile(await open(path, 'r'), lane, spans);
  }

  async get(customId: string): Promise<LaneResult | undefined> {
    const span = this.#spans.get(customId);
    if (span === undefined || this.#file === undefined) return undefined;
    const buffer = Buffer.alloc(span.bytes);
    await this.#file.read(buffer, 0, span.bytes, span.from);
    const line = parse(buffer.toString('utf8'));
    return line === undefined ? undefined : this.#lane.read(line);
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}

/** Whether these results are those of this batch: of one that is none of ours, no request has its name. */
export async function isOwnResults(path: string, job: string): Promise<boolean> {
  for await (const { text } of readFileLines(path)) {
    const customId = parse(text)?.custom_id;
    return typeof customId === 'string' && customId.startsWith(`${job}-`);
  }
  return true;
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
