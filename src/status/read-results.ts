import { AppError } from '../core/errors.ts';
import { type FoundRow, OWN_COLUMNS } from '../journal/found-row.ts';
import type { Manifest } from '../journal/manifest.ts';
import { type JournalContent, readContent, readTable } from '../journal/read-journal.ts';
import type { ByteSource } from '../journal/read-lines.ts';
import type { RowTable } from '../journal/row-table.ts';
import { openResultsFile } from './results-file.ts';
import { RowFacts } from './row-facts.ts';

export interface Results extends JournalContent {
  readonly facts: RowFacts;
  /** Whether compressed data break off before their end. */
  readonly isCut: boolean;
}

/** Enough for the names of the columns of any table of ours. */
const HEAD_BYTES = 64 * 1024;
const LF = 0x0a;
const OPEN_BRACE = 0x7b;

/**
 * Reads all of a file of results, JSON lines or CSV, called `name` in messages. Throws `input_not_readable` where it
 * cannot be read, and `usage` where it holds something else.
 */
export async function readResults(path: string, name: string, manifest: Manifest): Promise<Results> {
  const file = await openResultsFile(path, name);
  try {
    const facts = new RowFacts();
    const onRow = (row: FoundRow, _rows: RowTable, line: number): void => facts.add(row, line);
    const head = await readHead(file);
    const columns = await columnsOf(head);
    const whole = after(head, file);
    const content =
      columns === undefined ? await readContent(whole, onRow) : await readTable(whole, columns, onRow);
    if (columns === undefined) refuseOther(name, content, manifest);
    return { ...content, facts, isCut: file.isCut };
  } finally {
    await file.close();
  }
}

async function readHead(file: ByteSource): Promise<Buffer> {
  const head = Buffer.allocUnsafe(HEAD_BYTES);
  let held = 0;
  while (held < HEAD_BYTES) {
    const { bytesRead } = await file.read(head, held, HEAD_BYTES - held, held);
    if (bytesRead === 0) break;
    held += bytesRead;
  }
  return head.subarray(0, held);
}

/** The same source, of which these first bytes have been read already. */
function after(head: Buffer, file: ByteSource): ByteSource {
  return {
    read: async (buffer, offset, length, position) => {
      if (position >= head.length) return file.read(buffer, offset, length, position);
      return { bytesRead: head.copy(buffer, offset, position, position + length) };
    },
  };
}

/** The names of the columns where this is the beginning of CSV of ours. */
async function columnsOf(head: Buffer): Promise<readonly string[] | undefined> {
  if (head[0] === OPEN_BRACE) return undefined;
  const header = head.toString('utf8', 0, head.indexOf(LF) + 1);
  if (!OWN_COLUMNS.every((name) => header.includes(name))) return undefined;
  const { parse } = await import('csv-parse/sync');
  const [columns = []]: string[][] = parse(header, { bom: true, relax_quotes: true });
  return OWN_COLUMNS.every((name) => columns.includes(name)) ? columns : undefined;
}

/** A file with nothing but the beginning of a row is ours where the sidecar says so. */
function refuseOther(name: string, { rows, bytes, foreignLine }: JournalContent, manifest: Manifest): void {
  if (rows.size > 0 || bytes === 0) return;
  if (foreignLine === undefined && manifest.size > 0) return;
  throw new AppError('usage', `${name} holds no results that tell which records they are of`, {
    hint: 'those do that a run writes to a file as JSON lines or CSV: -o out.jsonl; or its --state',
  });
}
