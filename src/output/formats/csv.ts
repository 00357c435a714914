import { stringify } from 'csv-stringify/sync';
import { AppError } from '../../core/errors.ts';
import type { Keep } from '../keep.ts';
import type { ResultRow } from '../row-schema.ts';
import type { Format } from './format.ts';

type Cell = string | number | undefined;

const COLUMNS = [
  'id',
  'index',
  'status',
  'summary',
  'model',
  'finish_reason',
  'truncated',
  'warnings',
  'data',
  'input_tokens',
  'output_tokens',
  'cost_usd',
  'attempts',
  'latency_ms',
  'error_code',
  'error_message',
];

/** Last, and of a known length, so that a row which was written only in part can be told from a whole one. */
const IDENTITY = ['key', 'made_by', 'content'];

/**
 * CSV as in RFC 4180, with `\n` as the record's end. U+0000, which many readers refuse, becomes U+FFFD. Throws `usage` for `all` as the fields to keep.
 */
export function csvFormat(keep: Keep = []): Format {
  if (keep === 'all') {
    throw new AppError('usage', '--keep all: CSV needs its columns before the first record is read', {
      hint: 'name the fields, as in --keep title,author; or use --format jsonl',
    });
  }
  const names = [...new Set(keep)];
  const columns = [...COLUMNS, ...names.map((name) => `input.${name}`), ...IDENTITY];
  return {
    table: { columns, header: stringify([columns]) },
    encode: (row) => {
      const kept = names.map((name) => cell(row.input?.[name]));
      const record = stringify([[...ownCells(row), ...kept, row.key, row.made_by, row.content]]);
      return record.includes('\0') ? record.replaceAll('\0', '\uFFFD') : record;
    },
  };
}

function ownCells(row: ResultRow): Cell[] {
  const ok = row.status === 'ok' ? row : undefined;
  const error = row.status === 'error' ? row.error : undefined;
  return [
    row.id,
    row.index,
    row.status,
    ok?.summary,
    ok?.model,
    ok?.finish_reason,
    cell(ok?.truncated),
    ok?.warnings?.join(' '),
    ok?.data === undefined ? undefined : JSON.stringify(ok.data),
    row.usage.input_tokens,
    row.usage.output_tokens,
    row.cost_usd === undefined ? undefined : writtenOut(row.cost_usd),
    row.attempts,
    row.latency_ms,
    error?.code,
    error?.message,
  ];
}

/** Never `1.2e-7`, which some readers take for a text; billionths are all there is. */
function writtenOut(usd: number): string {
  return usd.toFixed(9).replace(/\.?0+$/, '');
}

/** Strings as they are, nothing for null and missing, anything else as JSON. */
function cell(value: unknown): Cell {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
