import type { z } from 'zod';
import { nameSchema } from '../answers/load-schema.ts';
import { openAnswerReader } from '../answers/open-answer-reader.ts';
import type { DataAnswers } from '../batch/open-answers.ts';
import type { AnswerReader } from '../core/answer-check.ts';
import { AppError } from '../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';

/** What answers have to be, as a schema of zod 4 or a JSON Schema. */
export type DataSchema = z.ZodType | JsonObject;

/** Rejects with `usage` for a schema that cannot be used. */
export async function dataAnswers(schema: DataSchema): Promise<DataAnswers> {
  if (!isZod(schema)) {
    if ('_def' in schema)
      throw new AppError('usage', 'the schema is of zod 3: zod 4 or a JSON Schema is needed');
    return { schema: nameSchema(schema, 'answer'), reader: await openAnswerReader(schema) };
  }
  const json = await toJsonSchema(schema);
  const reader = await openAnswerReader(json);
  return { schema: nameSchema(json, 'answer'), reader: parsed(reader, schema) };
}

function isZod(schema: DataSchema): schema is z.ZodType {
  return '_zod' in schema;
}

async function toJsonSchema(schema: z.ZodType): Promise<JsonObject> {
  const { toJSONSchema } = await import('zod');
  try {
    // What zod takes: it may turn it into something that JSON cannot hold.
    return closed(toJSONSchema(schema, { io: 'input' }) as JsonObject);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('usage', `the schema cannot be written as JSON Schema: ${why}`, { cause });
  }
}

/**
 * Objects without further properties: zod would drop them, and endpoints can be bound the closer. Not where schemas are
 * joined, for each would refuse the properties of the others.
 */
function closed(schema: JsonObject): JsonObject {
  return JSON.stringify(schema).includes('"allOf"') ? schema : (close(schema) as JsonObject);
}

function close(value: Json): Json {
  if (Array.isArray(value)) return value.map(close);
  if (!isJsonObject(value)) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, close(one as Json)]));
  const isOpen = inner.type === 'object' && inner.properties !== undefined;
  return isOpen && inner.additionalProperties === undefined
    ? { ...inner, additionalProperties: false }
    : inner;
}

/** What JSON Schema cannot say is left to zod: refinements, transformations, defaults. */
function parsed(reader: AnswerReader, schema: z.ZodType): AnswerReader {
  return {
    read: (answer) => {
      const read = reader.read(answer);
      if (!read.ok) return read;
      const { success, data, error } = schema.safeParse(read.data);
      if (success) return { ok: true, data: data as Json };
      const issues = error.issues.map(({ path, message }) => `${pointer(path)}: ${message}.`);
      return { ok: false, fault: `Your answer is not the JSON that was asked for. ${issues.join(' ')}` };
    },
  };
}

function pointer(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'The value' : `/${path.map(String).join('/')}`;
}
