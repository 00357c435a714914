import type { Ajv, ErrorObject } from 'ajv';
import formats from 'ajv-formats';
import { AppError } from '../core/errors.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { describeErrors } from './describe-errors.ts';

/** The errors of a value under a schema, all of them; none where it is valid. */
export type Validate = (value: Json) => readonly ErrorObject[];

/**
 * Compiles a JSON Schema: draft 2020-12, or the draft-07 or 2019-09 that its `$schema` names. Keywords and formats
 * that are not known are passed over, as the specification has it. Rejects with `usage` for a schema that is broken
 * or refers to another document: nothing is fetched.
 */
export async function compileSchema(schema: JsonObject): Promise<Validate> {
  try {
    const ajv = await validatorFor(schema);
    formats.default(ajv);
    if (!ajv.validateSchema(schema)) throw new Error(`it is none: ${describeErrors(ajv.errors ?? [])}`);
    const validate = ajv.compile(schema);
    if ('$async' in validate) throw new Error('$async is not supported');
    return (value) => (validate(value) ? [] : (validate.errors ?? []));
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('usage', `the schema cannot be used: ${message.replace(/\s+/g, ' ').trim()}`, {
      hint: message.includes('resolve reference') ? 'put what it refers to under its own $defs' : undefined,
      cause,
    });
  }
}

const OPTIONS = { allErrors: true, strict: false, logger: false } as const;

/** Loads no more than the draft that is asked for. */
async function validatorFor({ $schema = '' }: JsonObject): Promise<Ajv> {
  const draft = /^https?:\/\/json-schema\.org\/(?:draft\/)?(draft-07|2019-09|2020-12)\/schema#?$/.exec(
    String($schema),
  )?.[1];
  if (draft === 'draft-07') return new (await import('ajv')).Ajv(OPTIONS);
  if (draft === '2019-09') return new (await import('ajv/dist/2019.js')).Ajv2019(OPTIONS);
  if (draft === undefined && $schema !== '') {
    throw new Error(`its $schema is none of the drafts 2020-12, 2019-09 and 07`);
  }
  return new (await import('ajv/dist/2020.js')).Ajv2020(OPTIONS);
}
