import { z } from 'zod';
import type { OptionSpec } from './option-spec.ts';

/**
 * The schema of a configuration whose values `parseValue` has already read: types, ranges and choices,
 * with the defaults filled in. Its messages continue `--rpm: "0" …`.
 */
export function optionsSchema(specs: readonly OptionSpec[]): z.ZodObject {
  return z.object(
    Object.fromEntries(
      specs.map((spec) => [
        spec.key,
        spec.default === undefined ? valueSchema(spec).optional() : valueSchema(spec).default(spec.default),
      ]),
    ),
  );
}

function valueSchema(spec: OptionSpec): z.ZodType {
  switch (spec.kind) {
    case 'flag':
      return z.boolean();
    case 'integer':
    case 'duration':
    case 'size':
      return inRange(z.int('is not a whole number, or too large'), spec);
    case 'integerOrAuto':
      return z.union([z.literal('auto'), inRange(z.int('is not a whole number, or too large'), spec)]);
    case 'number':
      return inRange(z.number('is not a finite number'), spec);
    case 'choice':
      return z.enum(spec.choices ?? [], `is not one of ${spec.choices?.join(', ')}`);
    case 'list':
      return z.array(z.string());
    case 'params':
      return z.record(z.string(), z.json());
    case 'vars':
      return z.record(z.string(), z.string());
    case 'limit':
      return z.discriminatedUnion('unit', [
        z.object({ unit: z.literal('count'), amount: z.int(NO_LIMIT).min(0, NO_LIMIT) }),
        z.object({
          unit: z.literal('percent'),
          amount: z.number(NO_LIMIT).min(0, NO_LIMIT).max(100, NO_LIMIT),
        }),
      ]);
    case 'endpoints':
      return z.array(z.custom<object>((entry) => typeof entry === 'object' && entry !== null));
    case 'text':
    case 'path':
    case 'nameOrPath':
    case 'folder':
      return z.string();
  }
}

const NO_LIMIT = 'is neither a whole number from 0 nor a percentage from 0% to 100%';

function inRange(schema: z.ZodNumber, spec: OptionSpec): z.ZodNumber {
  const unit = spec.kind === 'duration' ? 'ms' : spec.kind === 'size' ? ' bytes' : '';
  const least = spec.min ?? Number.MIN_SAFE_INTEGER;
  const most = spec.max ?? Number.MAX_VALUE;
  return schema
    .min(least, `is too small; the least is ${least}${unit}`)
    .max(most, `is too large; the most is ${most}${unit}`);
}
