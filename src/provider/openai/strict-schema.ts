import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

/**
 * What the strict mode of OpenAI's structured outputs takes (its guide, "Supported schemas"). Endpoints that follow it
 * take no more.
 */
const KEYWORDS: ReadonlySet<string> = new Set([
  ...['$schema', '$ref', '$defs', 'definitions', 'title', 'description', 'type', 'enum', 'const', 'anyOf'],
  ...['properties', 'required', 'additionalProperties', 'items', 'minItems', 'maxItems'],
  ...['pattern', 'format', 'multipleOf', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
]);
const FORMATS: ReadonlySet<Json> = new Set([
  ...['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid'],
]);
/** Levels of nesting; a deeper schema is refused. */
const DEEPEST = 10;

/** Whether a schema may be asked for with `strict`; else the endpoint would refuse it. */
export function isStrict(schema: JsonObject): boolean {
  return schema.type === 'object' && schema.anyOf === undefined && isTaken(schema, 0);
}

function isTaken(schema: Json | undefined, depth: number): boolean {
  if (!isJsonObject(schema) || depth > DEEPEST) return false;
  if (!Object.keys(schema).every((keyword) => KEYWORDS.has(keyword))) return false;
  if (schema.format !== undefined && !FORMATS.has(schema.format as Json)) return false;
  if (mayBeObject(schema) && !isClosed(schema)) return false;
  const { items, anyOf = [], properties = {}, $defs = {}, definitions = {} } = schema;
  const within = [
    ...(items === undefined ? [] : [items]),
    ...Object.values(anyOf as object),
    ...[properties, $defs, definitions].flatMap((named) => Object.values(named as object)),
  ];
  return within.every((inner: Json) => isTaken(inner, depth + 1));
}

function mayBeObject({ type, properties }: JsonObject): boolean {
  return properties !== undefined || [type].flat().includes('object');
}

/** Whether an object has all of its properties, and no others. */
function isClosed({ properties = {}, required = [], additionalProperties }: JsonObject): boolean {
  const needed = new Set(Object.values(required as object));
  return (
    additionalProperties === false && Object.keys(properties as object).every((name) => needed.has(name))
  );
}
