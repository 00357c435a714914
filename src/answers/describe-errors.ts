import type { ErrorObject } from 'ajv';

/** Errors beyond these are not told: a model mends a few at a time, and the first often bring the others about. */
const MOST_TOLD = 5;
const LONGEST_VALUES = 300;

/** What is wrong with a value, a sentence each, with JSON pointers to the places. */
export function describeErrors(errors: readonly ErrorObject[]): string {
  const all = [...new Set(errors.map(sentence))];
  const told = all.slice(0, MOST_TOLD);
  const more = all.length - told.length;
  return [...told, ...(more > 0 ? [`There are ${more} more errors.`] : [])].join(' ');
}

function sentence({ instancePath, keyword, params, message = 'is not valid' }: ErrorObject): string {
  const place = instancePath === '' ? 'The value' : instancePath;
  switch (keyword) {
    case 'required':
      return `${place} lacks the property ${JSON.stringify(params.missingProperty)}.`;
    case 'additionalProperties':
      return `${place} has the property ${JSON.stringify(params.additionalProperty)}, which is not allowed.`;
    case 'enum':
      return `${place} must be one of ${values(params.allowedValues)}.`;
    case 'const':
      return `${place} must be ${values([params.allowedValue])}.`;
    case 'type':
      return `${place} must be of type ${[params.type].flat().join(' or ')}.`;
    default:
      return `${place} ${message}.`;
  }
}

function values(allowed: unknown): string {
  const list = (Array.isArray(allowed) ? allowed : [allowed]).map((value) => JSON.stringify(value));
  const text = list.join(', ');
  return text.length > LONGEST_VALUES ? `${text.slice(0, LONGEST_VALUES)}…` : text;
}
