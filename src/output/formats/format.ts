import type { Keep } from '../keep.ts';
import type { ResultRow } from '../row-schema.ts';

export interface Format {
  /** Stands once at the start of the output, newline included. */
  readonly header?: string;
  /** The row as text, its closing newline included. */
  encode(row: ResultRow): string;
}

export type FormatName = 'jsonl' | 'text' | 'csv';

/** Loads a format. Throws `usage` where it cannot hold what is to be kept. */
export async function loadFormat(name: FormatName, keep: Keep | undefined): Promise<Format> {
  switch (name) {
    case 'jsonl':
      return (await import('./jsonl.ts')).jsonlFormat;
    case 'text':
      return (await import('./text.ts')).textFormat;
    case 'csv':
      return (await import('./csv.ts')).csvFormat(keep);
  }
}
