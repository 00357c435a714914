import { constants } from 'node:buffer';
import type { Input } from './check-inputs.ts';
import type { FormatReader } from './format-reader.ts';
import { type LineOptions, LineReader } from './line-reader.ts';
import { openHead } from './open-head.ts';
import { batchRow, isBatchLine } from './openai-batch.ts';
import type { RecordReader } from './read-record.ts';
import {
  firstLineIs,
  hasFirstLine,
  type SniffedFormat,
  sniffFormat,
  sniffJsonFile,
  startsArray,
} from './sniff-format.ts';
import { WholeReader } from './whole-reader.ts';

/** What may be named; CSV is not made out by how it begins. */
type NamedFormat = SniffedFormat | 'csv' | 'tsv' | 'openai-batch';

export interface FormatChoice {
  readonly inputFormat: 'auto' | NamedFormat;
  readonly each: 'line' | 'file';
  readonly textField: string;
  readonly idField?: string | undefined;
  /** Longest record or whole file, in bytes. */
  readonly maxLineBytes: number;
}

interface OpenedFormat {
  readonly reader: FormatReader;
  readonly chunks: AsyncIterable<Buffer>;
}

/** Chooses the reader for one input: by option, by name, or by how it begins. */
export async function openFormat(
  bytes: AsyncIterable<Buffer>,
  input: Input,
  records: RecordReader,
  choice: FormatChoice,
): Promise<OpenedFormat> {
  const options = {
    file: input.name,
    maxBytes: Math.min(choice.maxLineBytes, constants.MAX_STRING_LENGTH),
  };
  const named = namedFormat(input, choice);
  const isAuto = choice.inputFormat === 'auto';
  const looks =
    choice.each === 'line' && (named === undefined || named === 'json' || (named === 'jsonl' && isAuto));
  const { head, chunks } = await openHead(bytes, input.name, (start) => !looks || hasFirstLine(start));
  if (choice.each === 'file')
    return { chunks, reader: new WholeReader(records, { ...options, json: false }) };
  if (named === 'csv' || named === 'tsv') {
    const { CsvReader } = await import('./csv-reader.ts');
    const { textField, idField } = choice;
    const delimiter = named === 'csv' ? ',' : '\t';
    return { chunks, reader: new CsvReader(records, { ...options, delimiter, textField, idField }) };
  }
  const format = named === 'openai-batch' ? named : formatOf(named, isAuto, head);
  if (format === 'openai-batch' || (isAuto && format === 'jsonl' && firstLineIs(head, isBatchLine))) {
    const fromJson: LineOptions['fromJson'] = (value, at, raw) => batchRow(records, value, at, raw);
    return { chunks, reader: new LineReader(records, { ...options, json: true, fromJson }) };
  }
  if (format !== 'json')
    return { chunks, reader: new LineReader(records, { ...options, json: format === 'jsonl' }) };
  if (!startsArray(head)) return { chunks, reader: new WholeReader(records, { ...options, json: true }) };
  const { JsonArrayReader } = await import('./json-array-reader.ts');
  return { chunks, reader: new JsonArrayReader(records, options) };
}

/** By option, else what the name says; undefined for stdin and for pipes, whose names say nothing unless they have an ending. */
export function namedFormat({ kind, name }: Input, { inputFormat }: FormatChoice): NamedFormat | undefined {
  if (inputFormat !== 'auto') return inputFormat;
  if (kind === 'stdin') return undefined;
  if (/\.csv$/i.test(name)) return 'csv';
  if (/\.tsv$/i.test(name)) return 'tsv';
  if (/\.(jsonl|ndjson)$/i.test(name)) return 'jsonl';
  if (/\.json$/i.test(name)) return 'json';
  return kind === 'pipe' && !/\.\w+$/.test(name) ? undefined : 'text';
}

function formatOf(named: SniffedFormat | undefined, auto: boolean, head: Buffer): SniffedFormat {
  if (named === undefined) return sniffFormat(head);
  return named === 'json' && auto ? sniffJsonFile(head) : named;
}
