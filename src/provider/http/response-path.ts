import { AppError } from '../../core/errors.ts';

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
