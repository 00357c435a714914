import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '../core/errors.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { AnswerSchema } from '../core/request.ts';

/** The JSON Schema in a file. Rejects with `input_not_readable`, or with `usage` where it holds none. */
export async function loadSchema(file: string): Promise<AnswerSchema> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new AppError('input_not_readable', `--schema: ${file} cannot be read (${cause.code})`, { cause });
  });
  return nameSchema(parse(text, file), basename(file).replace(/\..*$/, ''));
}

/** A schema with a name that endpoints take: its own title, else `otherwise`. */
export function nameSchema(schema: JsonObject, otherwise: string): AnswerSchema {
  const named = [schema.title, otherwise].map((name) => (typeof name === 'string' ? nameOf(name) : ''));
  return { name: named.find((name) => name !== '') ?? 'answer', schema };
}

function nameOf(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[^\w-]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 64);
}

function parse(text: string, file: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new AppError('usage', `--schema: ${file} is not JSON: ${(cause as Error).message}`, { cause });
  }
  if (isJsonObject(value)) return value;
  throw new AppError('usage', `--schema: ${file} is not a JSON Schema, which is an object`);
}
