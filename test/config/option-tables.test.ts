import { describe, expect, test } from 'vitest';
import { DOCTOR_OPTIONS } from '../../src/config/doctor-options.ts';
import { ESTIMATE_OPTIONS } from '../../src/config/estimate-options.ts';
import { EVAL_OPTIONS } from '../../src/config/eval-options.ts';
import { MOCK_OPTIONS } from '../../src/config/mock-options.ts';
import { flagName, MOCK_PREFIX, RUN_PREFIX, variableName } from '../../src/config/option-names.ts';
import type { OptionSpec } from '../../src/config/option-spec.ts';
import { optionsSchema } from '../../src/config/options-schema.ts';
import { parseValue } from '../../src/config/parse-value.ts';
import { PROMPT_OPTIONS } from '../../src/config/prompt-options.ts';
import { RUN_OPTIONS } from '../../src/config/run-options.ts';
import { STATUS_OPTIONS } from '../../src/config/status-options.ts';

const TABLES: readonly [string, readonly OptionSpec[]][] = [
  ['run', RUN_OPTIONS],
  ['mock', MOCK_OPTIONS],
  ['estimate', [...ESTIMATE_OPTIONS, ...RUN_OPTIONS]],
  ['prompt', [...PROMPT_OPTIONS, ...RUN_OPTIONS]],
  ['doctor', [...DOCTOR_OPTIONS, ...RUN_OPTIONS]],
  ['eval', [...EVAL_OPTIONS, ...RUN_OPTIONS]],
  ['status', [...STATUS_OPTIONS, ...RUN_OPTIONS]],
];

test('names follow from the key', () => {
  expect(flagName('maxRetryWait')).toBe('--max-retry-wait');
  expect(variableName('maxRetryWait', RUN_PREFIX)).toBe('GISTMILL_MAX_RETRY_WAIT');
  expect(variableName('rpm', MOCK_PREFIX)).toBe('GISTMILL_MOCK_RPM');
});

describe.each(TABLES)('the options of %s', (_name, specs) => {
  test('have keys, flags and short flags of their own', () => {
    for (const names of [
      specs.map(({ key }) => key),
      specs.map(({ key }) => flagName(key)),
      specs.flatMap(({ short }) => short ?? []),
    ]) {
      expect(new Set(names).size).toBe(names.length);
    }
  });

  test('have defaults that they would themselves accept', () => {
    const defaults = optionsSchema(specs).parse({});
    for (const spec of specs) expect(defaults[spec.key]).toEqual(spec.default);
  });

  test('write a default of another unit as a text that reads back as it', () => {
    for (const spec of specs) {
      if (spec.default === undefined || spec.defaultText === undefined) continue;
      expect(parseValue(spec, spec.defaultText, spec.key)).toBe(spec.default);
    }
  });

  test('suggest examples that they would themselves accept', () => {
    const schema = optionsSchema(specs);
    for (const spec of specs) {
      if (spec.example === undefined) continue;
      expect(schema.safeParse({ [spec.key]: parseValue(spec, spec.example, spec.key) }).success).toBe(true);
    }
  });

  test('name rivals that name them', () => {
    for (const { key, rival } of specs) {
      if (rival !== undefined) expect(specs.find((spec) => spec.key === rival)?.rival).toBe(key);
    }
  });

  test('have one line of help without a full stop', () => {
    for (const { help } of specs) expect(help).toMatch(/^[^\n]+[^.\n]$/);
  });
});
