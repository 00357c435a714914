import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Clock } from '../core/clock.ts';
import { ProviderError } from '../core/errors.ts';
import { failureRule } from '../core/failures.ts';
import { type BatchFiles, type BatchState, isOver, type PartState, writeBatchState } from './batch-state.ts';
import type { BatchView, Lane, Refusal } from './lane.ts';
import { isOwnResults } from './results-file.ts';
import { removeRequests, splitPart } from './split-part.ts';

export interface BatchJobRooms {
  readonly files: BatchFiles;
  readonly lane: Lane;
  readonly clock: Clock;
  /** First wait between two looks, in ms. So long, too, a batch of which nobody heard is looked for. */
  readonly pollMs: number;
  readonly signal: AbortSignal;
}

/** Longest wait for room, and between two looks. */
export const LONGEST_WAIT_MS = 10 * 60_000;
/** Refused so often while it was alone, a part is too large, whatever its size seems to be. */
const MOST_WAITS_ALONE = 2;
/** Bytes that a token has at least, as a rule, JSON around the text included. */
const BYTES_A_TOKEN = 4;

/**
 * A submitted batch. Each step is written down before it is made and after: a process that is killed between the two
 * leaves a part of which it is not known whether it was sent, and the next one looks for it before it sends it again.
 */
export class BatchJob {
  readonly state: BatchState;
  readonly #rooms: BatchJobRooms;
  /** Faults of this pass that may be gone by the next. */
  #troubles: ProviderError[] = [];

  constructor(state: BatchState, rooms: BatchJobRooms) {
    this.state = state;
    this.#rooms = rooms;
  }

  get isOver(): boolean {
    return this.state.parts.every(isOver);
  }

  /** Whether the provider never heard of any of it. */
  get isUntouched(): boolean {
    return this.state.parts.every(({ tries, fileId }) => tries === 0 && fileId === undefined);
  }

  /** Whether some part was not sent although nothing keeps it from that. */
  get hasUnsent(): boolean {
    return this.state.parts.some(
      ({ status, waitUntil }) => status === 'creating' || (status === 'ready' && waitUntil === undefined),
    );
  }

  /**
   * One look at every part, and one step on with each. Resolves to the faults that may be gone by the next; rejects with
   * those that will not.
   */
  async advance(): Promise<readonly ProviderError[]> {
    this.#troubles = [];
    if (this.state.isCancelled) for (const part of this.#parts('ready')) part.status = 'unsent';
    for (const part of this.#parts('creating')) await this.#try(() => this.#recover(part));
    for (const part of this.#parts('open')) await this.#try(() => this.#look(part));
    for (const part of this.#parts('ended')) await this.#try(() => this.#fetch(part));
    if (!this.state.isCancelled) await this.#send();
    return this.#troubles;
  }

  /** Nothing more is sent, and what is being worked at ends as soon as it can. */
  async cancel(): Promise<void> {
    this.state.isCancelled = true;
    await this.#save();
    for (const part of this.#parts('creating')) await this.#recover(part);
    for (const part of this.#parts('ready')) part.status = 'unsent';
    await this.#save();
    for (const part of this.#parts('open')) {
      await this.#look(part);
      if (part.status === 'open') await this.#cancelPart(part);
    }
  }

  async #cancelPart({ batchId = '' }: PartState): Promise<void> {
    const { lane, signal } = this.#rooms;
    try {
      await lane.cancel(batchId, signal);
    } catch (error) {
      // It has ended meanwhile.
      if (!(error instanceof ProviderError) || !isAnswer(error)) throw error;
    }
  }

  #parts(status: PartState['status']): PartState[] {
    return this.state.parts.filter((part) => part.status === status);
  }

  #save(): Promise<void> {
    return writeBatchState(this.#rooms.files, this.state);
  }

  async #try(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof ProviderError) || failureRule(error.code).retry === 'no') throw error;
      this.#troubles.push(error);
    }
  }

  /** Where there was no room, the smallest alone: it is the likeliest to find some. */
  async #send(): Promise<void> {
    const now = this.#rooms.clock.epochMs();
    const ready = this.#parts('ready').filter(
      ({ waitUntil }) => waitUntil === undefined || Date.parse(waitUntil) <= now,
    );
    const isFull = this.state.parts.some((part) => !isOver(part) && part.waits > 0);
    const [smallest] = [...ready].sort((one, other) => one.bytes - other.bytes);
    for (const part of isFull && smallest !== undefined ? [smallest] : ready) {
      await this.#try(() => this.#create(part));
      if (part.status === 'ready') return;
    }
  }

  async #create(part: PartState): Promise<void> {
    const { lane, files, clock, signal } = this.#rooms;
    const path = files.requests(part.number);
    if (lane.upload !== undefined && part.fileId === undefined) {
      part.fileId = await lane.upload(path, `${this.#token(part)}.jsonl`, signal);
      await this.#save();
    }
    part.tries += 1;
    part.since = new Date(clock.epochMs()).toISOString();
    part.status = 'creating';
    await this.#save();
    try {
      const { requests, fileId } = part;
      await this.#found(
        part,
        await lane.create({ token: this.#token(part), requests, path, fileId }, signal),
      );
    } catch (error) {
      if (!(error instanceof ProviderError) || !isAnswer(error)) throw error;
      part.status = 'ready';
      if (error.code === 'rate_limited') {
        await this.#wait(part, { message: error.message, isForRoom: true }, error.retryAfterMs);
      } else await this.#save();
      throw error;
    }
  }

  #token({ number, tries }: PartState): string {
    return `${this.state.job}-${number}-${tries}`;
  }

  /** A batch that was about to be made is looked for until it would have been listed, and only then made again. */
  async #recover(part: PartState): Promise<void> {
    const { lane, clock, pollMs, signal } = this.#rooms;
    const sinceMs = Date.parse(part.since ?? '');
    const { requests } = part;
    const not = [...part.not, ...this.state.parts.flatMap(({ batchId }) => batchId ?? [])];
    const view = await lane.find({ token: this.#token(part), requests, sinceMs, not }, signal);
    if (view !== undefined) return this.#found(part, view);
    if (clock.epochMs() - sinceMs < pollMs) return;
    part.status = this.state.isCancelled ? 'unsent' : 'ready';
    await this.#save();
  }

  async #found(part: PartState, view: BatchView): Promise<void> {
    part.batchId = view.id;
    part.status = 'open';
    delete part.waitUntil;
    delete part.message;
    await this.#heed(part, view);
    if (this.state.isCancelled && view.state === 'open') await this.#cancelPart(part);
  }

  async #look(part: PartState): Promise<void> {
    await this.#heed(part, await this.#rooms.lane.look(part.batchId ?? '', this.#rooms.signal));
  }

  async #heed(part: PartState, view: BatchView): Promise<void> {
    const { total = part.requests, done = 0, failed = 0 } = view.counts ?? {};
    part.seen = { status: view.status, total, done, failed };
    if (view.state === 'ended') {
      part.status = 'ended';
      part.files = [...view.files];
    } else if (view.state === 'refused') {
      const refusal = view.refusal ?? { message: view.status, isForRoom: false };
      part.not.push(view.id);
      delete part.batchId;
      if (refusal.isForRoom && !this.state.isCancelled) return this.#wait(part, refusal);
      part.status = 'refused';
      part.message = refusal.message;
    }
    await this.#save();
  }

  /** Later there may be room; for a part that is alone and still too large there never will be. */
  async #wait(part: PartState, refusal: Refusal, atLeastMs = 0): Promise<void> {
    const { clock, pollMs } = this.#rooms;
    part.status = 'ready';
    part.waits += 1;
    part.message = refusal.message;
    const ms = Math.max(atLeastMs, Math.min(LONGEST_WAIT_MS, pollMs * 2 ** part.waits));
    part.waitUntil = new Date(clock.epochMs() + ms).toISOString();
    const isAlone = this.#parts('open').length + this.#parts('creating').length === 0;
    if (isAlone && part.requests > 1 && isTooLarge(part, refusal)) return this.#split(part);
    await this.#save();
  }

  async #split(part: PartState): Promise<void> {
    const { files } = this.#rooms;
    const number = Math.max(...this.state.parts.map((other) => other.number)) + 1;
    const halves = await splitPart(files, part, number);
    this.state.parts.splice(this.state.parts.indexOf(part), 1, ...halves);
    await this.#save();
    await removeRequests(files, part);
  }

  async #fetch(part: PartState): Promise<void> {
    const { lane, files, signal } = this.#rooms;
    const path = files.results(part.number);
    const temporary = `${path}.tmp`;
    await rm(temporary, { force: true });
    await lane.fetch({ id: part.batchId ?? '', files: part.files }, temporary, signal);
    if (existsSync(temporary) && !(await isOwnResults(temporary, this.state.job))) return this.#isOther(part);
    if (existsSync(temporary)) await rename(temporary, path);
    part.status = 'fetched';
    await this.#save();
    await removeRequests(files, part);
  }

  /** What was taken for the batch of this part is another's. */
  async #isOther(part: PartState): Promise<void> {
    part.not.push(part.batchId ?? '');
    delete part.batchId;
    delete part.seen;
    part.status = 'creating';
    await this.#save();
    await this.#recover(part);
  }
}

/** Whether the provider itself has said that it did not make the batch. */
function isAnswer({ status }: ProviderError): boolean {
  return status !== undefined && status >= 400 && (status < 500 || status === 529);
}

function isTooLarge({ bytes, waits }: PartState, { message }: Refusal): boolean {
  const limit = Number(/limit:\s*([\d,]+)/i.exec(message)?.[1]?.replaceAll(',', ''));
  return waits > MOST_WAITS_ALONE || (limit > 0 && bytes / BYTES_A_TOKEN > limit);
}
