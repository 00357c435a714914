import { AppError } from '../core/errors.ts';
import type { InputRow, Source } from '../core/record.ts';
import { checkHeaders } from './check-headers.ts';
import { checkInputs, type Input, reasonOf } from './check-inputs.ts';
import type { FormatReader } from './format-reader.ts';
import { type FormatChoice, openFormat } from './open-format.ts';
import { fileChunks, pipeChunks, type Stdin, streamChunks } from './read-chunks.ts';
import { RecordReader } from './read-record.ts';

export interface InputOptions extends FormatChoice {
  /** Paths; `-` is stdin. Empty: stdin, unless it is a terminal. */
  readonly inputs: readonly string[];
}

/** What the readers of one run share. */
interface Run {
  readonly options: InputOptions;
  readonly stdin: Stdin;
  readonly records: RecordReader;
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
}

/**
 * Opens the inputs of a run. Every path is checked first: rejects with `input_not_readable`, or with
 * `usage` where there is nothing to read, or the columns of a CSV file are none to make records of.
 * Stdin is left alone unless it is an input. `rows()` throws `input_not_readable` for a pipe that turns
 * out to be UTF-16, and `usage` for the columns of one; all else that goes wrong is a row.
 * Reading again is possible for files, not for pipes.
 */
export async function openInputs(options: InputOptions, stdin: Stdin): Promise<Source> {
  const inputs = await checkInputs(namedInputs(options.inputs, stdin), stdin);
  await checkHeaders(inputs, options);
  let bytesRead = 0;
  const onBytes = (bytes: number): void => {
    bytesRead += bytes;
  };
  const batches = (signal: AbortSignal): AsyncGenerator<Iterable<InputRow>> => {
    bytesRead = 0;
    return readAll(inputs, { options, stdin, records: new RecordReader(options), signal, onBytes });
  };
  const total = totalBytes(inputs);
  return {
    ...(total === undefined ? {} : { totalBytes: total }),
    bytesRead: () => bytesRead,
    rows: (signal) => one(batches(signal), signal),
    batches,
  };
}

function namedInputs(paths: readonly string[], stdin: Stdin): readonly string[] {
  if (paths.filter((path) => path === '-').length > 1) {
    throw new AppError('usage', 'stdin (-) is named as an input more than once');
  }
  if (paths.length > 0) return paths;
  if (stdin.isTTY !== true) return ['-'];
  throw new AppError('usage', 'no input: name a file, or pipe the texts in', {
    hint: 'for example: gistmill articles.txt -o summaries.jsonl',
  });
}

function totalBytes(inputs: readonly Input[]): number | undefined {
  let total = 0;
  for (const { bytes } of inputs) {
    if (bytes === undefined) return undefined;
    total += bytes;
  }
  return total;
}

/** Stops as soon as the signal aborts, also in the middle of a batch. */
async function* one(
  batches: AsyncIterable<Iterable<InputRow>>,
  signal: AbortSignal,
): AsyncGenerator<InputRow> {
  for await (const batch of batches) {
    for (const row of batch) {
      if (signal.aborted) return;
      yield row;
    }
  }
}

async function* readAll(inputs: readonly Input[], run: Run): AsyncGenerator<Iterable<InputRow>> {
  for (const input of inputs) yield* readInput(input, run);
}

/** The rows of one input, a chunk at a time. */
async function* readInput(input: Input, run: Run): AsyncGenerator<Iterable<InputRow>> {
  if (run.signal.aborted) return;
  let reader: FormatReader | undefined;
  const counted = countBytes(openChunks(input, run), run.onBytes);
  try {
    const opened = await openFormat(counted, input, run.records, run.options);
    reader = opened.reader;
    for await (const chunk of opened.chunks) {
      yield reader.push(chunk);
      if (reader.finished) break;
    }
    if (!run.signal.aborted) yield reader.end();
  } catch (error) {
    if (error instanceof AppError) throw error;
    const at = { file: input.name, line: reader?.line ?? 1 };
    yield [run.records.broken('input_read', reasonOf(error), at, { cause: error })];
  } finally {
    await counted.return(undefined);
  }
}

function openChunks(input: Input, run: Run): AsyncIterable<Buffer> {
  if (input.kind === 'stdin') return streamChunks(run.stdin, run.signal);
  return input.kind === 'pipe' ? pipeChunks(input.name, run.signal) : fileChunks(input.name, run.signal);
}

async function* countBytes(
  chunks: AsyncIterable<Buffer>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    onBytes(chunk.length);
    yield chunk;
  }
}
