import { hash } from 'node:crypto';
import { AppError } from '../core/errors.ts';
import type { InputRecord, InputRow } from '../core/record.ts';
import { type BatchFiles, newPart, type PartState } from './batch-state.ts';
import type { Lane, PartLimits } from './lane.ts';
import { LineFile } from './line-file.ts';
import { type KeptRecord, writeRecordLine } from './record-line.ts';

export interface JobWriterOptions {
  readonly files: BatchFiles;
  readonly lane: Lane;
  readonly limits: PartLimits;
  /** Of the batch. */
  readonly job: string;
}

/** 192 bits; with the job and a dash no more than the 64 characters that Anthropic takes. */
const ID_CHARS = 32;

/** The id of a record's request: it tells nothing of the record. */
export function customIdOf(job: string, key: string): string {
  return `${job}-${hash('sha256', key, 'base64url').slice(0, ID_CHARS)}`;
}

/** Writes records and their requests into files, of which none is larger than the lane takes. Nothing is held in memory. */
export class JobWriter {
  readonly #options: JobWriterOptions;
  readonly #records: LineFile;
  readonly #parts: PartState[] = [];
  /** Ids of the requests of this part, by what is asked. */
  readonly #asked = new Map<string, string>();
  #requests: LineFile | undefined;
  #count = 0;
  #from = 0;
  online = 0;

  private constructor(options: JobWriterOptions, records: LineFile) {
    this.#options = options;
    this.#records = records;
  }

  static async create(options: JobWriterOptions): Promise<JobWriter> {
    return new JobWriter(options, await LineFile.create(options.files.records));
  }

  /** The record has its row already. */
  async done(record: InputRecord): Promise<void> {
    await this.#keep({ row: { ok: true, record }, isDone: true });
  }

  /** The record is not for the batch. */
  async leave(record: InputRecord): Promise<void> {
    this.online += 1;
    await this.#keep({ row: { ok: true, record }, isDone: false });
  }

  /** There is nothing to ask about the record: it is kept for its error row. */
  async fail(row: InputRow): Promise<void> {
    await this.#keep({ row, isDone: false });
  }

  /** `asked`: two records with the same are asked for once; undefined for those that are not to be put together. */
  async add(record: InputRecord, body: string, asked: string | undefined): Promise<void> {
    const known = asked === undefined ? undefined : this.#asked.get(asked);
    const row = { ok: true, record } as const;
    if (known !== undefined) return this.#keep({ row, customId: known, isDone: false });
    const { job, lane, limits } = this.#options;
    const customId = customIdOf(job, record.key ?? String(record.index));
    const line = Buffer.from(lane.line(customId, body));
    if (line.length > limits.bytes) throw tooLarge(line.length, limits.bytes);
    const isFull =
      this.#count === limits.requests || (this.#requests?.size ?? 0) + line.length > limits.bytes;
    if (isFull) await this.#endPart();
    this.#requests ??= await LineFile.create(this.#options.files.requests(this.#parts.length + 1));
    this.#count += 1;
    if (asked !== undefined) this.#asked.set(asked, customId);
    await this.#requests.add(line);
    await this.#keep({ row, customId, isDone: false });
  }

  /** The parts; one without requests where there are none. */
  async end(): Promise<PartState[]> {
    await this.#endPart();
    await this.#records.close();
    const last = this.#parts.at(-1);
    if (last !== undefined) last.to = this.#records.size;
    else this.#parts.push({ ...this.#part(), status: 'unsent' });
    return this.#parts;
  }

  /** Closes what was not ended. */
  async abandon(): Promise<void> {
    await this.#requests?.close();
    await this.#records.close();
  }

  async #keep(kept: KeptRecord): Promise<void> {
    await this.#records.add(Buffer.from(writeRecordLine(kept)));
  }

  async #endPart(): Promise<void> {
    if (this.#requests === undefined) return;
    await this.#requests.close();
    this.#parts.push(this.#part());
    this.#requests = undefined;
    this.#count = 0;
    this.#from = this.#records.size;
    this.#asked.clear();
  }

  #part(): PartState {
    return newPart({
      number: this.#parts.length + 1,
      requests: this.#count,
      bytes: this.#requests?.size ?? 0,
      from: this.#from,
      to: this.#records.size,
    });
  }
}

function tooLarge(bytes: number, limit: number): AppError {
  return new AppError(
    'request_too_large',
    `the request has ${bytes} bytes, and a batch takes no more than ${limit}`,
  );
}
