import { existsSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import type { PartStore } from '../core/answer-store.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { Completion } from '../core/request.ts';
import { readLines } from './read-lines.ts';

export interface PartFileOptions {
  readonly path: string;
  /** The file while it is written anew. */
  readonly temporary: string;
  /** Whether a record of this key has its row. */
  readonly isDone: (record: string) => boolean;
  /** Called once, when the file cannot be read or written any more; the run goes on without it. */
  readonly onTrouble: (cause: unknown) => void;
}

/** A smaller file is never written anew, however little of it is still needed. */
const COMPACT_BYTES = 64 * 1024 * 1024;

interface Entry {
  readonly record: string;
  readonly offset: number;
  readonly bytes: number;
}

/**
 * Answers about parts of texts in a file beside the journal, a line each, until the text has its row. In memory stands
 * only where each begins. There is no file before the first answer, and none after a run that left nothing undone.
 */
export class PartFile implements PartStore {
  readonly #options: PartFileOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #keysOf = new Map<string, Set<string>>();
  #file: FileHandle | undefined;
  #size = 0;
  #live = 0;
  #isBroken = false;
  /** Reads and writes, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: PartFileOptions) {
    this.#options = options;
  }

  /** Reads what an earlier run has left. */
  static async open(options: PartFileOptions): Promise<PartFile> {
    const parts = new PartFile(options);
    await parts.#inTurn(() => parts.#load());
    return parts;
  }

  /** Answers that are kept. */
  get size(): number {
    return this.#entries.size;
  }

  async get(key: string): Promise<Completion | undefined> {
    if (!this.#entries.has(key)) return undefined;
    return this.#inTurn(async () => {
      const entry = this.#entries.get(key);
      if (entry === undefined || this.#file === undefined) return undefined;
      const buffer = Buffer.alloc(entry.bytes);
      await this.#file.read(buffer, 0, entry.bytes, entry.offset);
      return parse(buffer.toString('utf8'))?.answer as Completion | undefined;
    });
  }

  async put(record: string, key: string, answer: Completion): Promise<void> {
    const { text, finish, usage, model } = answer;
    const line = Buffer.from(`${JSON.stringify({ record, key, answer: { text, finish, usage, model } })}\n`);
    await this.#inTurn(async () => {
      this.#file ??= await open(this.#options.path, 'a+');
      const { bytesWritten } = await this.#file.write(line);
      if (bytesWritten < line.length) throw new Error('the disk is full');
      this.#add(record, key, { record, offset: this.#size, bytes: line.length });
      this.#size += line.length;
    });
  }

  /** The record has its row: its parts are not needed any more. */
  async forget(record: string): Promise<void> {
    const keys = this.#keysOf.get(record);
    if (keys === undefined) return;
    this.#keysOf.delete(record);
    for (const key of keys) this.#remove(key);
    if (this.#size > COMPACT_BYTES && this.#live < this.#size / 2) await this.#inTurn(() => this.#compact());
  }

  /** `isAllDone`: no later run will need any of it. Once is enough, twice is harmless. */
  async close(isAllDone: boolean): Promise<void> {
    await this.#inTurn(async () => {
      await this.#file?.close();
      this.#file = undefined;
      if (isAllDone || this.#entries.size === 0) await rm(this.#options.path, { force: true });
    });
  }

  async #load(): Promise<void> {
    if (!existsSync(this.#options.path)) return;
    const file = await open(this.#options.path, 'a+');
    this.#file = file;
    let isEnded = true;
    await readLines(file, (line) => {
      isEnded = line.isEnded;
      const bytes = line.to - line.from + 1;
      if (line.isEnded && line.isUtf8)
        this.#loadLine(line.bytes.toString('utf8', line.from, line.to), line.offset, bytes);
    });
    this.#size = (await file.stat()).size;
    if (isEnded) return;
    // What was cut off by a crash stays a line of its own that nobody reads.
    await file.write('\n');
    this.#size += 1;
  }

  #loadLine(text: string, offset: number, bytes: number): void {
    const line = parse(text);
    if (typeof line?.record !== 'string' || typeof line.key !== 'string' || !isJsonObject(line.answer))
      return;
    if (!this.#options.isDone(line.record))
      this.#add(line.record, line.key, { record: line.record, offset, bytes });
  }

  #add(record: string, key: string, entry: Entry): void {
    this.#remove(key);
    this.#entries.set(key, entry);
    this.#live += entry.bytes;
    const keys = this.#keysOf.get(record) ?? new Set();
    this.#keysOf.set(record, keys.add(key));
  }

  #remove(key: string): void {
    this.#live -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }

  async #compact(): Promise<void> {
    const { path, temporary } = this.#options;
    const old = this.#file;
    if (old === undefined) return;
    const file = await open(temporary, 'w+');
    let size = 0;
    for (const [key, { record, offset, bytes }] of this.#entries) {
      const buffer = Buffer.alloc(bytes);
      await old.read(buffer, 0, bytes, offset);
      await file.write(buffer);
      this.#entries.set(key, { record, offset: size, bytes });
      size += bytes;
    }
    await rename(temporary, path);
    await old.close();
    this.#file = file;
    this.#size = size;
  }

  /** After a fault nothing is read or written any more: parts are a saving, not the result. */
  #inTurn<T>(act: () => Promise<T>): Promise<T | undefined> {
    const done = this.#turn.then(async () => {
      if (this.#isBroken) return undefined;
      try {
        return await act();
      } catch (cause) {
        this.#isBroken = true;
        this.#options.onTrouble(cause);
        return undefined;
      }
    });
    this.#turn = done;
    return done;
  }
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
