import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';

/** Below this level null and empty lists are preferred, so that schemas which refer to themselves come to an end. */
const DEEP = 3;
/** Those that have none end here all the same. */
const DEEPEST = 12;
const MOST_ITEMS = 3;
const FEW_WORDS = 6;

/** What a text of each of these formats looks like. */
const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-02T03:04:05Z',
  date: '2026-01-02',
  time: '03:04:05Z',
  duration: 'PT1H',
  email: 'somebody@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
};

/**
 * A value that fits a JSON Schema, made of a summary: what an endpoint answers that is bound to the schema. Knows what
 * schemas of answers are made of; a `pattern`, `not` or `if` is left to chance.
 */
export function fitSchema(schema: JsonObject, summary: string): Json {
  return new Fitting(schema, summary).value(schema, 'summary', 0);
}

class Fitting {
  readonly #root: JsonObject;
  readonly #summary: string;
  readonly #sentences: readonly string[];

  constructor(root: JsonObject, summary: string) {
    this.#root = root;
    this.#summary = summary;
    this.#sentences = summary.match(/[^.!?。！？]+[.!?。！？]*/g)?.map((part) => part.trim()) ?? [];
  }

  /** `name`: of the property that it is for. */
  value(given: Json | undefined, name: string, depth: number): Json {
    const schema = this.#settled(given, depth);
    if (depth > DEEPEST) return null;
    if (schema.const !== undefined) return schema.const;
    const choices = schema.enum;
    // The same text is of the same kind each time.
    if (Array.isArray(choices)) return choices[this.#summary.length % choices.length] ?? null;
    switch (typeOf(schema)) {
      case 'object':
        return this.#object(schema, depth);
      case 'array':
        return this.#array(schema, name, depth);
      case 'number':
      case 'integer':
        return this.#number(schema);
      case 'boolean':
        return this.#summary.length % 2 === 0;
      case 'null':
        return null;
      default:
        return this.#text(schema, name);
    }
  }

  /** With what it refers to, all that it joins and the first of its choices. */
  #settled(given: Json | undefined, depth: number): JsonObject {
    let schema = isJsonObject(given) ? given : {};
    for (let step = 0; step < DEEPEST; step++) {
      const { $ref, anyOf, oneOf, allOf, ...own } = schema;
      const choices = listed(anyOf ?? oneOf);
      const choice = choices.find((one) => (typeOf(one) === 'null') === depth > DEEP) ?? choices[0];
      const parts = [typeof $ref === 'string' ? this.#referred($ref) : undefined, choice, ...listed(allOf)];
      const found = parts.filter((part) => part !== undefined);
      if (found.length === 0) break;
      schema = Object.assign({}, ...found, own);
    }
    return schema;
  }

  #referred(ref: string): JsonObject | undefined {
    let at: Json | undefined = this.#root;
    for (const name of ref.replace(/^#\/?/, '').split('/').filter(Boolean)) {
      at = isJsonObject(at) ? at[name.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
    }
    return isJsonObject(at) ? at : undefined;
  }

  #object({ properties }: JsonObject, depth: number): Json {
    const entries = Object.entries(isJsonObject(properties) ? properties : {});
    return Object.fromEntries(entries.map(([name, schema]) => [name, this.value(schema, name, depth + 1)]));
  }

  #array({ items, minItems = 0, maxItems = MOST_ITEMS }: JsonObject, name: string, depth: number): Json {
    const most = depth > DEEP ? 0 : Math.min(this.#sentences.length, MOST_ITEMS, Number(maxItems));
    const wanted = Math.max(Number(minItems), most);
    return Array.from({ length: wanted }, (_, n) => {
      const part = this.#sentences[n % Math.max(1, this.#sentences.length)] ?? this.#summary;
      return new Fitting(this.#root, part).value(items, name, depth + 1);
    });
  }

  #number({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf = 1 }: JsonObject): number {
    const step = Number(multipleOf);
    const least = Number(minimum ?? (exclusiveMinimum === undefined ? 0 : Number(exclusiveMinimum) + step));
    const most = Number(
      maximum ?? (exclusiveMaximum === undefined ? Infinity : Number(exclusiveMaximum) - step),
    );
    const words = this.#summary.split(/\s+/).length;
    return Math.max(least, Math.min(most, Math.round(words / step) * step));
  }

  #text({ format, minLength = 0, maxLength }: JsonObject, name: string): string {
    const known = typeof format === 'string' ? FORMATS[format] : undefined;
    if (known !== undefined) return known;
    const isWhole = /summary|text|abstract|description/i.test(name);
    const text = isWhole ? this.#summary : this.#summary.split(/\s+/).slice(0, FEW_WORDS).join(' ');
    const cut = maxLength === undefined ? text : text.slice(0, Number(maxLength));
    return cut.padEnd(Number(minLength), '.');
  }
}

function typeOf({ type, properties, items }: JsonObject): string | undefined {
  const [first] = [type ?? []].flat().filter((name) => name !== 'null');
  if (typeof first === 'string') return first;
  if (type !== undefined) return 'null';
  return properties !== undefined ? 'object' : items !== undefined ? 'array' : undefined;
}

function listed(schemas: Json | undefined): readonly JsonObject[] {
  return Array.isArray(schemas) ? schemas.filter(isJsonObject) : [];
}
