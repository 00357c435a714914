import type { AnswerReader, ReadAnswer } from '../core/answer-check.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { compileSchema, type Validate } from './compile-schema.ts';
import { describeErrors } from './describe-errors.ts';
import { findRegions } from './json-regions.ts';
import { mendJson, parseJson } from './mend-json.ts';

/**
 * Reads answers as data of this JSON Schema. What is wrapped around the JSON is taken off: code fences, a sentence
 * before or after, a byte order mark; its syntax is mended where that changes nothing else. An answer that was cut off
 * is none. Rejects with `usage` for a schema that is broken.
 */
export async function openAnswerReader(schema: JsonObject): Promise<AnswerReader> {
  const validate = await compileSchema(schema);
  return { read: (answer) => read(answer, validate) };
}

/** Answers with more objects side by side than this are no answer. */
const MOST_VALUES = 50;

function read(answer: string, validate: Validate): ReadAnswer {
  const text = answer.replace(/^[\uFEFF\s]+|\s+$/g, '');
  const whole = parseJson(text) ?? parseJson(withoutFence(text));
  if (whole !== undefined) return valid(whole, validate);
  const { found, isOpen } = findRegions(text);
  if (isOpen) return fault('It is JSON that does not end: it was cut off, or a bracket is not closed.');
  const values = found.slice(0, MOST_VALUES).flatMap(({ from, to }) => {
    const part = text.slice(from, to);
    const value = parseJson(part) ?? mendJson(part);
    return value === undefined ? [] : [value];
  });
  const [first, second] = values;
  if (first === undefined) return fault(found.length === 0 ? 'It holds no JSON.' : 'Its JSON is not valid.');
  if (second === undefined) return valid(first, validate);
  const fitting = values.filter((value) => validate(value).length === 0);
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return { ok: true, data: only };
  return fault('It holds several JSON values where there has to be one.');
}

/** For texts and numbers, which no bracket tells from what is around them. */
function withoutFence(text: string): string {
  return /^```[\w-]*\s*\n([\s\S]*?)\n\s*```$/.exec(text)?.[1] ?? text;
}

function valid(data: Json, validate: Validate): ReadAnswer {
  const errors = validate(data);
  if (errors.length === 0) return { ok: true, data };
  return fault(describeErrors(errors));
}

function fault(what: string): ReadAnswer {
  return { ok: false, fault: `Your answer is not the JSON that was asked for. ${what}` };
}
