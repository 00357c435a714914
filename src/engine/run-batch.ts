import type { Clock } from '../core/clock.ts';
import { type AppError, toAppError } from '../core/errors.ts';
import type { Emit } from '../core/events.ts';
import type { Outcome, Sink } from '../core/outcome.ts';
import type { InputRecord, InputRow, Source } from '../core/record.ts';
import { type Complete, PRIORITY } from './complete/complete.ts';
import { EffortMeter } from './effort-meter.ts';
import type { FailureLimit } from './failure-limit.ts';
import { RecordDeadline } from './record-deadline.ts';
import type { RunControl } from './run-control.ts';
import type { Ask, Task } from './task/task.ts';

export interface BatchParts {
  readonly source: Source;
  readonly task: Task;
  readonly complete: Complete;
  readonly sink: Sink;
  readonly control: RunControl;
  readonly failureLimit: FailureLimit;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Most records open at once: read, but not yet taken by the sink. A function is asked each time. */
  readonly window: number | (() => number);
  /** Longest time for one record from its first attempt on, in ms. */
  readonly recordDeadlineMs?: number | undefined;
}

export interface BatchEnd {
  /** Why the run stopped before the end of its input; undefined if it did not. */
  readonly stoppedBy: AppError | undefined;
  /** Records that were begun and have no row, because the run stopped. */
  readonly unfinished: number;
}

/**
 * Pulls records while fewer than `window` are open, runs the task on each, hands each outcome to the sink.
 * A record whose work was cut off by a stop gets no row: it is not done, and a later run does it.
 * Never rejects for a fault of a record, the endpoint or the sink.
 */
export async function runBatch(parts: BatchParts): Promise<BatchEnd> {
  const { source, sink, control, clock, emit, window } = parts;
  const open = new OpenRecords(typeof window === 'number' ? () => window : window);
  let unfinished = 0;
  emit('start', { at: clock.now() });
  control.stopSignal.addEventListener('abort', () => emit('stopping', { reason: control.stopSignal.reason }));
  try {
    for await (const row of source.rows(control.stopSignal)) {
      const chars = row.ok ? row.record.text.length : 0;
      open.begin(chars);
      processRow(parts, row).then((done) => {
        if (!done) unfinished += 1;
        open.end(chars);
      });
      await open.room();
      if (control.reason !== undefined) break;
    }
  } catch (error) {
    control.stop(toAppError(error));
  }
  await open.none();
  await sink.close().catch((error) => control.stop(toAppError(error)));
  control.end();
  emit('end', { at: clock.now() });
  return { stoppedBy: control.reason, unfinished };
}

/** Resolves to whether the record has its row. */
async function processRow(parts: BatchParts, row: InputRow): Promise<boolean> {
  const { sink, control, emit, failureLimit } = parts;
  const outcome = await outcomeOf(parts, row);
  if (outcome === undefined) {
    sink.skip?.(row.ok ? row.record.index : row.broken.index);
    return false;
  }
  try {
    await sink.write(outcome);
  } catch (error) {
    // Nobody takes results any more: what is in flight would be paid for nothing.
    control.abort(toAppError(error));
    return false;
  }
  emit('outcome', outcome);
  const tooMany = failureLimit.count(outcome.ok);
  if (tooMany !== undefined) control.stop(tooMany);
  return true;
}

async function outcomeOf(parts: BatchParts, row: InputRow): Promise<Outcome | undefined> {
  const { task, complete, control, clock, emit, recordDeadlineMs } = parts;
  const effort = new EffortMeter(clock);
  if (!row.ok) {
    const { broken } = row;
    emit('record', { id: broken.id, index: broken.index });
    return { ok: false, record: broken, error: broken.error, effort: effort.total() };
  }
  const { record } = row;
  emit('record', { id: record.id, index: record.index });
  const deadline = recordDeadlineMs === undefined ? undefined : new RecordDeadline(clock, recordDeadlineMs);
  try {
    const call = { id: record.id, effort, priority: PRIORITY.record, deadline };
    const ask: Ask = (request, step = 'record') => {
      if (step === 'record') return complete(request, call);
      return complete(request, { ...call, priority: PRIORITY[step], partOf: record.key ?? record.id });
    };
    const answer = await task.run(record, ask);
    return { ok: true, record, answer, effort: effort.total() };
  } catch (error) {
    return failed(record, error, effort, control);
  } finally {
    deadline?.end();
  }
}

function failed(
  record: InputRecord,
  thrown: unknown,
  effort: EffortMeter,
  control: RunControl,
): Outcome | undefined {
  const error = toAppError(thrown);
  if (error === control.reason) return undefined;
  return { ok: false, record, error, effort: effort.total() };
}

/** Characters of all open texts together, from which on no further record is read: whole books need not fill the window. */
const MOST_OPEN_CHARS = 32 * 1024 * 1024;

/** Counts open records, and tells when there is room for another and when there are none. */
class OpenRecords {
  readonly #most: () => number;
  #count = 0;
  #chars = 0;
  #onChange: (() => void) | undefined;

  constructor(most: () => number) {
    this.#most = most;
  }

  begin(chars: number): void {
    this.#count += 1;
    this.#chars += chars;
  }

  end(chars: number): void {
    this.#count -= 1;
    this.#chars -= chars;
    this.#onChange?.();
  }

  room(): Promise<void> | undefined {
    const hasRoom = (): boolean => this.#count < this.#most() && this.#chars < MOST_OPEN_CHARS;
    return hasRoom() ? undefined : this.#until(hasRoom);
  }

  none(): Promise<void> {
    return this.#until(() => this.#count === 0);
  }

  #until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onChange = () => {
        if (!holds()) return;
        this.#onChange = undefined;
        resolve();
      };
    });
  }
}
