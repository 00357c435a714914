import type { Writable } from 'node:stream';
import type { Sink } from '../core/outcome.ts';
import type { BrokenRecord, InputRecord } from '../core/record.ts';
import { BatchWriter, type Target } from './batch-writer.ts';
import { compressionOf, refuseCompression } from './compression.ts';
import { FileTarget } from './file-target.ts';
import { type Format, type FormatName, loadFormat } from './formats/format.ts';
import type { Keep } from './keep.ts';
import { type OpenMode, openOutputFile } from './open-output-file.ts';
import { orderedSink } from './ordered-sink.ts';
import { refuseInputFile, refuseInputPath, refuseSharedPath } from './refuse-input.ts';
import { regularFile, stdoutTarget } from './stdout-target.ts';
import { type Fsync, syncedTarget } from './synced-target.ts';
import { toRow } from './to-row.ts';

/** A regular file that the caller holds the lock of, and whose rows it keeps account of. */
export interface JournalledFile {
  readonly path: string;
  /** Whether it may hold rows already, after which to go on. */
  readonly mode: OpenMode;
  readonly fsync: Fsync;
  /** Names the settings that make the rows. */
  readonly madeBy: string;
  /** A row of so many bytes goes to the file next. */
  onRow(record: InputRecord | BrokenRecord, bytes: number): void;
}

export interface OutputSettings {
  /** Path of the output file; absent or `-` for stdout. */
  readonly output?: string | undefined;
  readonly format: FormatName;
  readonly ordered: boolean;
  readonly keep?: Keep | undefined;
  /** Paths of the input files; `-` among them is stdin. */
  readonly inputs: readonly string[];
  /** Other files that the run writes; neither may be an input or the output. */
  readonly logFile?: string | undefined;
  readonly summaryJson?: string | undefined;
  readonly state?: string | undefined;
}

const STDOUT = '/dev/stdout';

/** Throws `usage` for an output in which the results cannot stand, or that is an input. Touches nothing. */
export async function checkOutput(settings: OutputSettings, stdout: Writable): Promise<void> {
  await loadFormat(settings.format, settings.keep);
  await refuseSharedFiles(settings);
  const { output = '-' } = settings;
  refuseCompression(output, '--output');
  const inputs = settings.inputs.filter((input) => input !== '-');
  if (output === '-') await refuseInputFile(regularFile(stdout)?.stats, inputs);
  else await refuseInputPath(output, inputs);
}

/**
 * Opens the output and writes the header of its format, unless it has one. `journalled` is the output file where it
 * is to be kept account of. Throws as `checkOutput` does, and `output_write` or `output_closed` where nothing can be written.
 */
export async function openSink(
  settings: OutputSettings,
  stdout: Writable,
  journalled?: JournalledFile,
): Promise<Sink> {
  await checkOutput(settings, stdout);
  const format = await loadFormat(settings.format, settings.keep);
  const writer = new BatchWriter(await openTarget(settings, stdout, journalled));
  if (format.table !== undefined && !hasHeader(settings, stdout, journalled)) {
    await writeHeader(writer, format.table.header);
  }
  const sink = rowSink(writer, format, settings.keep, journalled);
  return settings.ordered ? orderedSink(sink) : sink;
}

/** Whether the rows of an earlier run stand before those of this one. A journal sees to its header itself. */
function hasHeader(
  { state }: OutputSettings,
  stdout: Writable,
  journalled: JournalledFile | undefined,
): boolean {
  if (journalled !== undefined) return journalled.mode === 'append';
  return state !== undefined && (regularFile(stdout)?.stats.size ?? 0n) > 0n;
}

async function refuseSharedFiles({
  output = '-',
  inputs,
  logFile,
  summaryJson,
  state,
}: OutputSettings): Promise<void> {
  const others = [output === '-' ? STDOUT : output, ...inputs.filter((input) => input !== '-')];
  if (state !== undefined) await refuseSharedPath('--state', state, others);
  if (logFile !== undefined) await refuseSharedPath('--log-file', logFile, others);
  if (summaryJson === undefined) return;
  await refuseSharedPath(
    '--summary-json',
    summaryJson,
    logFile === undefined ? others : [...others, logFile],
  );
}

async function openTarget(
  { output = '-' }: OutputSettings,
  stdout: Writable,
  journalled: JournalledFile | undefined,
): Promise<Target> {
  if (output === '-') return stdoutTarget(stdout);
  const file = await openOutputFile(output, journalled?.mode ?? 'create');
  const compression = compressionOf(output);
  const target =
    compression === undefined
      ? new FileTarget(file)
      : (await import('./compressed-target.ts')).compressedTarget(file, compression);
  return journalled === undefined ? target : syncedTarget(target, file, journalled.fsync);
}

async function writeHeader(writer: BatchWriter, header: string): Promise<void> {
  try {
    await writer.write(header);
  } catch (error) {
    await writer.close().catch(() => {});
    throw error;
  }
}

function rowSink(
  writer: BatchWriter,
  format: Format,
  keep: Keep | undefined,
  journalled: JournalledFile | undefined,
): Sink {
  return {
    // Async, so that a row which cannot be encoded rejects; the line is queued at once all the same.
    write: async (outcome) => {
      const line = format.encode(toRow(outcome, keep, journalled?.madeBy));
      journalled?.onRow(outcome.record, Buffer.byteLength(line));
      return writer.write(line);
    },
    close: () => writer.close(),
  };
}
