import { AppError } from '../core/errors.ts';
import type { Input } from './check-inputs.ts';
import { type FormatChoice, namedFormat, openFormat } from './open-format.ts';
import { fileChunks } from './read-chunks.ts';
import { RecordReader } from './read-record.ts';

/**
 * Reads the column names of each CSV file, so that those that are of no use are told before anything is sent. Throws
 * `usage` for these; leaves what cannot be read to the run.
 */
export async function checkHeaders(inputs: readonly Input[], options: FormatChoice): Promise<void> {
  if (options.each === 'file') return;
  for (const input of inputs) {
    const format = namedFormat(input, options);
    if (input.bytes !== undefined && (format === 'csv' || format === 'tsv'))
      await checkHeader(input, options);
  }
}

async function checkHeader(input: Input, options: FormatChoice): Promise<void> {
  const bytes = fileChunks(input.name, new AbortController().signal);
  try {
    const { chunks, reader } = await openFormat(bytes, input, new RecordReader(options), options);
    for await (const chunk of chunks) {
      // The first row comes after the names.
      for (const _row of reader.push(chunk)) return;
    }
    for (const _row of reader.end()) return;
  } catch (error) {
    if (error instanceof AppError) throw error;
  } finally {
    await bytes.return(undefined);
  }
}
