import type { Writable } from 'node:stream';
import type { RunOptions } from '../config/run-options.ts';
import type { PartStore } from '../core/answer-store.ts';
import { AppError } from '../core/errors.ts';
import type { Emit } from '../core/events.ts';
import type { Sink } from '../core/outcome.ts';
import type { Source } from '../core/record.ts';
import { nameOf } from '../journal/compare-settings.ts';
import type { OwnProcess } from '../journal/holder.ts';
import { identifiedSource } from '../journal/identified-source.ts';
import { type Journal, openJournal } from '../journal/journal.ts';
import type { LimitUseFile } from '../journal/limit-use-file.ts';
import { type Lock, takeLock } from '../journal/lock.ts';
import type { PartFile } from '../journal/part-file.ts';
import type { Spent } from '../journal/read-journal.ts';
import { setAside } from '../journal/set-aside.ts';
import type { Table } from '../journal/table.ts';
import { loadFormat } from '../output/formats/format.ts';
import { openError } from '../output/open-output-file.ts';
import { checkOutput, type JournalledFile, type OutputSettings, openSink } from '../output/open-sink.ts';
import { outputError } from '../output/output-error.ts';
import { packingOf } from '../output/packing.ts';
import { isDevice, realPath } from '../output/real-location.ts';
import { stateSink } from '../output/state-sink.ts';
import { openLimitUses } from './open-limit-uses.ts';
import type { RowSettings } from './row-settings.ts';

export type ResultsOptions = OutputSettings &
  Pick<RunOptions, 'onChange' | 'fresh' | 'fsync' | 'state'> &
  Partial<Pick<RunOptions, 'onlyFailed' | 'rpd' | 'tpd'>>;

export interface ResultsParts {
  readonly options: ResultsOptions;
  readonly rowSettings: RowSettings;
  readonly stdout: Writable;
  readonly ownProcess: OwnProcess;
}

/** Where the results of a run go, and what earlier runs have left there. */
export interface Results {
  readonly sink: Sink;
  /** Whether results that come early wait in memory for their turn. */
  readonly ordered: boolean;
  /** Whether a later run goes on where this one ends. */
  readonly goesOn: boolean;
  /** What the results that are there took, as far as they tell. */
  readonly spent: Spent | undefined;
  /** Answers about parts of texts that have no row yet; where a later run goes on. */
  readonly parts?: PartStore | undefined;
  /** What earlier runs have taken from limits by the day; where there are such limits and a file. */
  readonly uses?: LimitUseFile | undefined;
  /** Lines for the user. */
  readonly notices: readonly string[];
  /** The records that are to be done, of those that are there. Tells of what is known already. */
  source(inner: Source, emit: Emit): Source;
  /** Calls back if another run takes the output away from this one. */
  onLost(listener: (error: AppError) => void): void;
  /**
   * Brings the output into its last shape, unless that is where the run failed; `isWhole` where the run came to the
   * end of its input. Rejects with `output_write`.
   */
  finish(isWhole?: boolean): Promise<void>;
  /** Lets other runs have the output. */
  release(): void;
}

/**
 * Opens the output for a run that goes on after earlier ones. A file is locked first: throws `output_locked` while
 * another run has it. Throws `usage`, `settings_changed`, `output_write` as the output and its journal do; then the
 * lock is free again.
 */
export async function openResults(parts: ResultsParts): Promise<Results> {
  const { options, stdout } = parts;
  const { state } = options;
  const output = options.output === '-' ? undefined : options.output;
  if (output !== undefined && state !== undefined) {
    throw new AppError(
      'usage',
      '--state is for results on stdout; with --output the file itself tells what is done',
      {
        hint: 'leave --state out',
      },
    );
  }
  await checkOutput(options, stdout);
  const file = output ?? state;
  const option = output === undefined ? '--state' : '--output';
  if (file === undefined || (await isDevice(file, option))) {
    return passThrough(await openSink(options, stdout), options);
  }
  return openFile(parts, file, option);
}

function passThrough(sink: Sink, { ordered }: ResultsOptions): Results {
  return {
    ...{ sink, ordered, goesOn: false, spent: undefined, notices: [] },
    source: (inner) => inner,
    onLost: () => {},
    finish: async () => {},
    release: () => {},
  };
}

async function openFile(parts: ResultsParts, name: string, option: string): Promise<Results> {
  const path = await realPath(name);
  const lock = systemErrors(name, option, () => takeLock(path, parts.ownProcess, name));
  try {
    const backup = parts.options.fresh ? systemErrors(name, option, () => setAside(path)) : undefined;
    const notices = backup === undefined ? [] : [`the earlier results are now in ${backup}`];
    const uses = await openLimitUses(path, parts);
    const isJournal = option === '--state' || canGoOn(parts.options.format);
    if (!isJournal) return { ...(await openPlain(parts, lock, notices)), uses };
    const journal = await openJournal({
      ...{ path, name, ...parts.rowSettings },
      ...{ onChange: parts.options.onChange, onlyFailed: parts.options.onlyFailed },
      ...{ ordered: option === '--output' && parts.options.ordered },
      table: option === '--output' ? await tableOf(parts.options) : undefined,
      packing: option === '--output' ? packingOf(name) : undefined,
    }).catch((cause: unknown) => {
      throw outputError(name, cause);
    });
    return { ...(await openJournalled(parts, journal, lock, notices, option)), uses };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Whether a run can go on after the rows of an earlier one in this format. */
export function canGoOn(format: RunOptions['format']): boolean {
  return format !== 'text';
}

/** The columns of results in CSV. */
export async function tableOf({ format, keep }: OutputSettings): Promise<Table | undefined> {
  return (await loadFormat(format, keep)).table;
}

/** A file after whose rows no run can go on. */
async function openPlain(parts: ResultsParts, lock: Lock, notices: readonly string[]): Promise<Results> {
  const { options, rowSettings, stdout } = parts;
  const file: JournalledFile = {
    ...{ mode: 'create', fsync: options.fsync, madeBy: nameOf(rowSettings.settings), onRow: () => {} },
    path: options.output ?? '',
  };
  return {
    ...passThrough(await openSink(options, stdout, file), options),
    notices,
    source: (inner) => (options.format === 'text' ? inner : identifiedSource(inner, rowSettings.usedFields)),
    onLost: (listener) => lock.onLost(listener),
    release: () => lock.release(),
  };
}

async function openJournalled(
  { options, stdout }: ResultsParts,
  journal: Journal,
  lock: Lock,
  notices: readonly string[],
  option: string,
): Promise<Results> {
  const file: JournalledFile = {
    ...{ mode: 'append', fsync: options.fsync, madeBy: journal.madeBy },
    path: options.output ?? options.state ?? '',
    onRow: (record, bytes) => journal.note(record, bytes),
  };
  const isState = option === '--state';
  const parts = await journal.openParts(() => {});
  let hasFailed = false;
  // In a file the order is made at the end: a row that waits for its turn would be lost, and paid again, after a crash.
  const sink = isState
    ? await stateSink(await openSink(options, stdout), file)
    : await openSink({ ...options, ordered: false }, stdout, file);
  return {
    sink: forgetful(sink, parts, () => {
      hasFailed = true;
    }),
    ...{ ordered: isState && options.ordered, goesOn: true, parts },
    ...{ spent: journal.spent, notices },
    source: (inner, emit) => {
      journal.announce(emit);
      return journal.source(inner, emit, (index) => sink.skip?.(index));
    },
    onLost: (listener) => lock.onLost(listener),
    finish: async (isWhole) => {
      await parts.close(isWhole === true && !hasFailed);
      await journal.finish().catch((cause: unknown) => {
        throw outputError(file.path, cause);
      });
    },
    release: () => {
      parts.close(false);
      lock.release();
    },
  };
}

/** Parts of a text are kept until its row is written. */
function forgetful(sink: Sink, parts: PartFile, onFailed: () => void): Sink {
  return {
    write: async (outcome) => {
      await sink.write(outcome);
      if (!outcome.ok) onFailed();
      else if (parts.size > 0) await parts.forget(outcome.record.key ?? outcome.record.id);
    },
    skip: (index) => sink.skip?.(index),
    close: () => sink.close(),
  };
}

function systemErrors<T>(name: string, option: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw cause instanceof AppError ? cause : openError(option, name, cause);
  }
}
