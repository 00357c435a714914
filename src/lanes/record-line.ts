import { AppError } from '../core/errors.ts';
import type { ErrorCode } from '../core/failures.ts';
import type { JsonObject } from '../core/json.ts';
import type { BrokenRecord, InputRecord, InputRow } from '../core/record.ts';

/** A record of a batch, as it is kept until the results are there. */
export interface KeptRecord {
  readonly row: InputRow;
  /** The request that asks for it; missing where none does. */
  readonly customId?: string | undefined;
  /** It had its row already: it is kept for its place alone. */
  readonly isDone: boolean;
}

type Told = Pick<InputRecord, 'id' | 'idKind' | 'index' | 'key' | 'contentHash' | 'at'>;

type Line = Told & {
  readonly text?: string;
  readonly fields?: JsonObject;
  readonly request?: string;
  readonly error?: { readonly code: ErrorCode; readonly message: string; readonly hint?: string };
  readonly raw?: string;
};

export function writeRecordLine({ row, customId, isDone }: KeptRecord): string {
  return `${JSON.stringify(row.ok ? lineOf(row.record, customId, isDone) : brokenLine(row.broken))}\n`;
}

function lineOf(record: InputRecord, customId: string | undefined, isDone: boolean): Line {
  const { text, fields } = record;
  if (isDone) return toldOf(record);
  const own = fields.text === text ? {} : { text };
  return { ...toldOf(record), ...own, fields, ...(customId !== undefined && { request: customId }) };
}

function brokenLine(broken: BrokenRecord): Line {
  const { error, fields, raw } = broken;
  const { code, message, hint } = error;
  return {
    ...toldOf(broken),
    error: { code, message, ...(hint !== undefined && { hint }) },
    ...(fields !== undefined && { fields }),
    ...(raw !== undefined && { raw }),
  };
}

function toldOf({ id, idKind, index, key, contentHash, at }: Told): Told {
  return { id, idKind, index, key, contentHash, at };
}

export function readRecordLine(line: string): KeptRecord {
  const { text, fields, request, error, raw, ...told } = JSON.parse(line) as Line;
  if (error !== undefined) {
    const { code, message, hint } = error;
    const held = { ...(fields !== undefined && { fields }), ...(raw !== undefined && { raw }) };
    return {
      row: { ok: false, broken: { ...told, ...held, error: new AppError(code, message, { hint }) } },
      isDone: false,
    };
  }
  const own = text ?? fields?.text;
  const record = { ...told, text: typeof own === 'string' ? own : '', fields: fields ?? {} };
  return { row: { ok: true, record }, customId: request, isDone: fields === undefined };
}
