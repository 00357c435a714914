import { AppError } from '../core/errors.ts';
import type { ErrorCode } from '../core/failures.ts';
import { fieldReader } from '../core/field-path.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { InputRow, Place } from '../core/record.ts';
import { listFields } from './list-fields.ts';
import { idReader, type OwnId } from './record-id.ts';

export interface RecordOptions {
  /** Dotted path of the field that holds the text. */
  readonly textField: string;
  /** Dotted path of the field that holds the id; `id`, then `custom_id` by default. */
  readonly idField?: string | undefined;
}

interface BrokenExtra {
  readonly id?: OwnId | undefined;
  readonly raw?: string;
  readonly fields?: JsonObject;
  readonly hint?: string;
  readonly cause?: unknown;
}

/** Anything that leaves a mark: not white space, not a control, not one of Unicode's invisible characters. */
const VISIBLE = /[^\s\p{Cc}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Makes the rows of one run from what the formats read, and counts them. */
export class RecordReader {
  readonly #textField: string;
  readonly #readText: (fields: JsonObject) => Json | undefined;
  readonly #readId: (fields: JsonObject, raw?: string) => OwnId | undefined;
  #next = 0;

  constructor(options: RecordOptions) {
    this.#textField = options.textField;
    this.#readText = fieldReader(options.textField);
    this.#readId = idReader(options.idField);
  }

  /** A row from plain text. */
  fromText(text: string, at: Place, id?: OwnId): InputRow {
    return this.#finish(text, { text }, at, id);
  }

  /** A row from a parsed JSON value; `raw` is what it was parsed from, where that is at hand. */
  fromJson(value: unknown, at: Place, raw?: string): InputRow {
    if (typeof value === 'string') return this.fromText(value, at);
    if (!isJsonObject(value)) {
      const reason = `the record is ${kindOf(value)}, not an object or a string`;
      return this.broken('invalid_record', reason, at, raw === undefined ? {} : { raw });
    }
    const id = this.#readId(value, raw);
    const text = this.#readText(value);
    if (typeof text === 'string') return this.#finish(text, value, at, id);
    if (text === undefined) {
      const reason = `the record has no field "${this.#textField}"; ${listFields(value)}`;
      return this.broken('missing_text', reason, at, {
        id,
        fields: value,
        hint: 'name the field with --text-field',
      });
    }
    const reason = `field "${this.#textField}" is ${kindOf(text)}, not a string`;
    return this.broken('invalid_text', reason, at, { id, fields: value });
  }

  /** A row whose text is no field of its own. */
  fromFields(text: string, fields: JsonObject, at: Place, raw: string): InputRow {
    return this.#finish(text, fields, at, this.#readId(fields, raw));
  }

  /** A row for what could not be read. `reason` quotes nothing of the content. */
  broken(code: ErrorCode, reason: string, at: Place, extra: BrokenExtra = {}): InputRow {
    const error = new AppError(code, `${at.file}:${at.line}: ${reason}`, extra);
    const { id, fields, raw } = extra;
    const content = fields === undefined ? (raw === undefined ? {} : { raw }) : { fields };
    return { ok: false, broken: { ...(id ?? placeId(at)), index: this.#next++, at, error, ...content } };
  }

  /** The id of a record that is broken, if that much of it can be read. */
  idOf(value: unknown): OwnId | undefined {
    return isJsonObject(value) ? this.#readId(value) : undefined;
  }

  #finish(text: string, fields: JsonObject, at: Place, id: OwnId | undefined): InputRow {
    if (!VISIBLE.test(text))
      return this.broken('empty_text', 'the text is empty or blank', at, { id, fields });
    const { id: name, idKind } = id ?? placeId(at);
    return { ok: true, record: { id: name, idKind, index: this.#next++, text, fields, at } };
  }
}

function placeId(at: Place): { readonly id: string; readonly idKind: undefined } {
  return { id: `${at.file}:${at.line}`, idKind: undefined };
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
