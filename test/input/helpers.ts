import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll } from 'vitest';
import type { InputRow, Source } from '../../src/core/record.ts';
import { type InputOptions, openInputs } from '../../src/input/open-inputs.ts';
import type { Stdin } from '../../src/input/read-chunks.ts';

export const fixture = (name: string): string => `fixtures/input/${name}`;

/** A stdin that fails the test if anything so much as looks at it. */
export const untouchable = new Proxy({} as Stdin, {
  get(_, key) {
    throw new Error(`stdin was touched: ${String(key)}`);
  },
});

export function stdinOf(...chunks: (string | Buffer)[]): Stdin {
  return Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
}

export function openPipe(): PassThrough {
  return new PassThrough();
}

export function options(changes: Partial<InputOptions> = {}): InputOptions {
  return {
    inputs: [],
    inputFormat: 'auto',
    each: 'line',
    textField: 'text',
    maxLineBytes: 1024 * 1024,
    ...changes,
  };
}

export async function rowsOf(source: Source, signal = new AbortController().signal): Promise<InputRow[]> {
  const rows: InputRow[] = [];
  for await (const row of source.rows(signal)) rows.push(row);
  return rows;
}

export async function readRows(
  changes: Partial<InputOptions>,
  stdin: Stdin = untouchable,
): Promise<InputRow[]> {
  return rowsOf(await openInputs(options(changes), stdin));
}

/** What tests compare: `id text` of a good row, `id code` of a broken one. */
export function brief(rows: Iterable<InputRow>): string[] {
  return [...rows].map((row) =>
    row.ok ? `${row.record.id} ${row.record.text}` : `${row.broken.id} !${row.broken.error.code}`,
  );
}

export function messages(rows: Iterable<InputRow>): string[] {
  return [...rows].flatMap((row) => (row.ok ? [] : [row.broken.error.message]));
}

/** A directory of the test file's own, removed afterwards. */
export function tempFolder(): {
  path: (name: string) => string;
  write: (name: string, data: string | Buffer) => string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'gistmill-input-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string): string => join(folder, name);
  return {
    path,
    write: (name, data) => {
      writeFileSync(path(name), data);
      return path(name);
    },
  };
}

/** Cuts bytes at the given places (taken modulo their length). */
export function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
}
