import type { Writable } from 'node:stream';
import type { Sink } from '../core/outcome.ts';
import { BatchWriter, type Target } from './batch-writer.ts';
import { FileTarget } from './file-target.ts';
import { type Format, type FormatName, loadFormat } from './formats/format.ts';
import type { Keep } from './keep.ts';
import { openOutputFile } from './open-output-file.ts';
import { orderedSink } from './ordered-sink.ts';
import { refuseInputFile, refuseInputPath, refuseSharedPath } from './refuse-input.ts';
import { regularFile, stdoutTarget } from './stdout-target.ts';
import { toRow } from './to-row.ts';

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
}

const STDOUT = '/dev/stdout';

/**
 * Opens the output and writes the header of its format. Throws `usage` for an output that is also
 * an input or cannot be one, `output_write` or `output_closed` where nothing can be written to it.
 */
export async function openSink(settings: OutputSettings, stdout: Writable): Promise<Sink> {
  const format = await loadFormat(settings.format, settings.keep);
  await refuseSharedFiles(settings);
  const writer = new BatchWriter(await openTarget(settings, stdout));
  if (format.header !== undefined) await writeHeader(writer, format.header);
  const sink = rowSink(writer, format, settings.keep);
  return settings.ordered ? orderedSink(sink) : sink;
}

async function refuseSharedFiles({
  output = '-',
  inputs,
  logFile,
  summaryJson,
}: OutputSettings): Promise<void> {
  const others = [output === '-' ? STDOUT : output, ...inputs.filter((input) => input !== '-')];
  if (logFile !== undefined) await refuseSharedPath('--log-file', logFile, others);
  if (summaryJson === undefined) return;
  await refuseSharedPath(
    '--summary-json',
    summaryJson,
    logFile === undefined ? others : [...others, logFile],
  );
}

async function openTarget({ output, inputs }: OutputSettings, stdout: Writable): Promise<Target> {
  const files = inputs.filter((input) => input !== '-');
  if (output === undefined || output === '-') {
    await refuseInputFile(regularFile(stdout)?.stats, files);
    return stdoutTarget(stdout);
  }
  await refuseInputPath(output, files);
  return new FileTarget(await openOutputFile(output, 'create'));
}

async function writeHeader(writer: BatchWriter, header: string): Promise<void> {
  try {
    await writer.write(header);
  } catch (error) {
    await writer.close().catch(() => {});
    throw error;
  }
}

function rowSink(writer: BatchWriter, format: Format, keep: Keep | undefined): Sink {
  return {
    // Async, so that a row which cannot be encoded rejects; the line is queued at once all the same.
    write: async (outcome) => writer.write(format.encode(toRow(outcome, keep))),
    close: () => writer.close(),
  };
}
