import type { Keep } from '../keep.ts';
import type { ResultRow } from '../row-schema.ts';

export interface Table {
  readonly columns: readonly string[];
  /** The line of their names, newline included: stands once, at the start of the output. */
  readonly header: string;
}

export interface Format {
  /** Where the rows are those of a table. */
  readonly table?: Table;
  /** The row as text, its closing newline included. */
  encode(row: ResultRow): string;
}

export type FormatName = 'jsonl' | 'text' | 'csv' | 'openai-batch';

/** Loads a format. Throws `usage` where it cannot hold what is to be kept. */
export async function loadFormat(name: FormatName, keep: Keep | undefined): Promise<Format> {
  switch (name) {
    case 'jsonl':
      return (await import('./jsonl.ts')).jsonlFormat;
    case 'text':
      return (await import('./text.ts')).textFormat;
    case 'openai-batch':
      return (await import('./openai-batch.ts')).openAiBatchFormat;
    case 'csv':
      return (await import('./csv.ts')).csvFormat(keep);
  }
}
