import type { Json, JsonObject } from '../core/json.ts';
import type { BrokenRecord, InputRecord, InputRow } from '../core/record.ts';
import { digest, SHORT_CHARS } from './digest.ts';
import { Occurrences } from './occurrences.ts';

/** What tells a record from all others, in this run and later ones. */
interface Identity {
  readonly base: string;
  readonly content: string;
}

/**
 * Gives every row of one run its `key` and its `contentHash`. The key comes from the record's own id, the kind of
 * the id included, so that 1 and "1" differ; where it has none, from all that it holds. The second one with the
 * same id or content gets `#2` after its key, and so on. A record may move within the input without a change of
 * either, unless it is one of several that share an id.
 *
 * `usedFields` are the fields that requests are made of besides the text.
 */
export class Identifier {
  readonly #usedFields: readonly string[];
  readonly #occurrences = new Occurrences();

  constructor(usedFields: readonly string[]) {
    this.#usedFields = usedFields;
  }

  /** A record that has its key already, as one that was put by has, keeps it. */
  identify(row: InputRow): InputRow {
    if (row.ok) {
      if (row.record.key !== undefined) return row;
      const { id, idKind, index, text, fields, at } = row.record;
      const { base, content: contentHash } = this.#ofRecord(row.record);
      // Spreading the record costs a microsecond.
      return { ok: true, record: { id, idKind, index, text, fields, at, key: this.#key(base), contentHash } };
    }
    const { base, content } = ofBroken(row.broken);
    return { ok: false, broken: { ...row.broken, key: this.#key(base), contentHash: content } };
  }

  #key(base: string): string {
    const occurrence = this.#occurrences.add(base);
    return occurrence === 1 ? base : `${base}#${occurrence}`;
  }

  #ofRecord(record: InputRecord): Identity {
    if (record.idKind !== undefined) {
      return { base: digestOfId(record.idKind, record.id), content: contentOf(record, this.#usedFields) };
    }
    const base = digest(wholeOf(record.fields));
    const isContent = this.#usedFields.length === 0 && isTextAlone(record.fields);
    return { base, content: isContent ? base.slice(0, SHORT_CHARS) : contentOf(record, this.#usedFields) };
  }
}

/** The `contentHash` of a record whose request is made of these fields besides the text. */
export function contentOf(record: InputRecord, usedFields: readonly string[]): string {
  const { text, fields } = record;
  if (usedFields.length === 0) return digest(text).slice(0, SHORT_CHARS);
  const known: Readonly<Record<string, Json>> = { id: record.id, index: record.index, ...fields };
  const used = usedFields.map((name) => (Object.hasOwn(known, name) ? (known[name] ?? null) : null));
  return digest(JSON.stringify([text, ...used])).slice(0, SHORT_CHARS);
}

function digestOfId(kind: string, id: string): string {
  return digest(`\0${kind}:${id}`);
}

function ofBroken(broken: BrokenRecord): Identity {
  const { id, at, fields, raw } = broken;
  const whole = digest(fields === undefined ? (raw ?? `\0place:${at.file}:${at.line}`) : wholeOf(fields));
  const base = broken.idKind === undefined ? whole : digestOfId(broken.idKind, id);
  return { base, content: whole.slice(0, SHORT_CHARS) };
}

/** A line of text and a JSON record that holds nothing else are the same record. */
function wholeOf(fields: JsonObject): string {
  return isTextAlone(fields) ? fields.text : JSON.stringify(fields);
}

function isTextAlone(fields: JsonObject): fields is { readonly text: string } {
  if (typeof fields.text !== 'string') return false;
  for (const name in fields) if (name !== 'text') return false;
  return true;
}
