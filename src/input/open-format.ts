import type { Input } from './check-inputs.ts';
import type { FormatReader } from './format-reader.ts';
import { LineReader } from './line-reader.ts';
import { openHead } from './open-head.ts';
import type { RecordReader } from './read-record.ts';
import { hasFirstLine, type SniffedFormat, sniffFormat, sniffJsonFile, startsArray } from './sniff-format.ts';
import { WholeReader } from './whole-reader.ts';

interface FormatChoice {
  readonly format: 'auto' | SniffedFormat;
  readonly each: 'line' | 'file';
  readonly maxBytes: number;
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
  const options = { file: input.name, maxBytes: choice.maxBytes };
  const named = choice.format === 'auto' ? formatOfName(input) : choice.format;
  const looks = choice.each === 'line' && (named === undefined || named === 'json');
  const { head, chunks } = await openHead(bytes, input.name, (start) => !looks || hasFirstLine(start));
  if (choice.each === 'file')
    return { chunks, reader: new WholeReader(records, { ...options, json: false }) };
  const format = formatOf(named, choice.format === 'auto', head);
  if (format !== 'json')
    return { chunks, reader: new LineReader(records, { ...options, json: format === 'jsonl' }) };
  if (!startsArray(head)) return { chunks, reader: new WholeReader(records, { ...options, json: true }) };
  const { JsonArrayReader } = await import('./json-array-reader.ts');
  return { chunks, reader: new JsonArrayReader(records, options) };
}

/** What a name says; undefined for stdin and for pipes, whose names say nothing unless they have an ending. */
function formatOfName({ kind, name }: Input): SniffedFormat | undefined {
  if (kind === 'stdin') return undefined;
  if (/\.(jsonl|ndjson)$/i.test(name)) return 'jsonl';
  if (/\.json$/i.test(name)) return 'json';
  return kind === 'pipe' && !/\.\w+$/.test(name) ? undefined : 'text';
}

function formatOf(named: SniffedFormat | undefined, auto: boolean, head: Buffer): SniffedFormat {
  if (named === undefined) return sniffFormat(head);
  return named === 'json' && auto ? sniffJsonFile(head) : named;
}
