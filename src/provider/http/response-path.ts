import { AppError } from '../../core/errors.ts';
import { isJsonObject } from '../../core/json.ts';

/** Steps into a JSON value: names of fields, indexes of arrays. */
export type ResponsePath = readonly string[];

/** Reads `choices.0.message.content` or `choices[0].message.content`. Throws `usage` for what is no path. */
export function parseResponsePath(written: string): ResponsePath {
  const steps = written
    .trim()
    .replace(/\[(\d+)\]/g, '.$1')
    .replace(/^\./, '')
    .split('.');
  if (steps.some((step) => step === '' || /[[\]]/.test(step))) {
    throw new AppError('usage', `--response-path is not a path: ${written}`, {
      hint: 'write it like result.summary or choices[0].text',
    });
  }
  return steps;
}

/** The value at the path, or undefined where there is none. */
export function valueAt(value: unknown, path: ResponsePath): unknown {
  let current = value;
  for (const step of path) {
    if (Array.isArray(current)) current = /^\d+$/.test(step) ? current[Number(step)] : undefined;
    else if (isJsonObject(current) && Object.hasOwn(current, step)) current = current[step];
    else return undefined;
  }
  return current;
}
