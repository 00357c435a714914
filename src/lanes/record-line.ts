import type { JsonObject } from '../core/json.ts';
import type { InputRecord } from '../core/record.ts';

/** A record of a batch, as it is kept until the results are there. */
export interface KeptRecord {
  readonly record: InputRecord;
  /** The request that asks for it; missing where none does. */
  readonly customId?: string | undefined;
  /** It had its row already: it is kept for its place alone. */
  readonly isDone: boolean;
}

type Line = Pick<InputRecord, 'id' | 'idKind' | 'index' | 'key' | 'contentHash' | 'at'> & {
  readonly text?: string;
  readonly fields?: JsonObject;
  readonly request?: string;
};

export function writeRecordLine({ record, customId, isDone }: KeptRecord): string {
  const { id, idKind, index, key, contentHash, at, text, fields } = record;
  const told = { id, idKind, index, key, contentHash, at };
  if (isDone) return `${JSON.stringify(told)}\n`;
  const own = fields.text === text ? undefined : text;
  return `${JSON.stringify({ ...told, text: own, fields, request: customId })}\n`;
}

export function readRecordLine(line: string): KeptRecord {
  const { text, fields, request, ...told } = JSON.parse(line) as Line;
  const own = text ?? fields?.text;
  return {
    record: { ...told, text: typeof own === 'string' ? own : '', fields: fields ?? {} },
    customId: request,
    isDone: fields === undefined,
  };
}
