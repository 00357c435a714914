import { z } from 'zod';
import { AppError } from '../core/errors.ts';
import { FORM_OPTIONS, type FormOption, type FormOptions } from './answer-form.ts';

/** What `--var NAME=…` sets. */
export interface PresetVariable {
  readonly about: string;
  /** Undefined where it has to be given; empty where it may be missing. */
  readonly default: string | undefined;
}

/** What stands before the sections of a preset. */
export interface PresetFront {
  readonly name: string | undefined;
  readonly description: string;
  /** What is wanted of answers where the user does not say. */
  readonly defaults: FormOptions;
  /** Options without which it makes no sense. */
  readonly needs: readonly FormOption[];
  readonly variables: ReadonlyMap<string, PresetVariable>;
}

const TEXT = z.string().min(1);
const VALUE = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const SCHEMA = z.strictObject({
  name: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'is not made of letters, digits, - and _ alone')
    .optional(),
  description: TEXT.default(''),
  defaults: z
    .strictObject({
      length: TEXT,
      style: z.enum(['paragraph', 'bullets', 'headline', 'tldr', 'abstract']),
      language: TEXT,
      audience: TEXT,
      focus: TEXT,
    } satisfies Record<FormOption, z.ZodType>)
    .partial()
    .default({}),
  needs: z.array(z.enum(FORM_OPTIONS)).default([]),
  variables: z
    .record(
      z.string().regex(/^[a-z]\w{0,63}$/i, 'is no name: letters, digits and _ are'),
      z.union([TEXT, z.strictObject({ about: TEXT, default: VALUE.optional() })]),
    )
    .default({}),
});

/** Reads the YAML at the head of a preset. Rejects with `usage` that says what is wrong where. */
export async function readFront(yamlText: string, label: string): Promise<PresetFront> {
  const result = SCHEMA.safeParse((await parseYaml(yamlText, label)) ?? {});
  if (!result.success) {
    const [issue] = result.error.issues;
    const place = issue?.path.length ? `${issue.path.join('.')}: ` : '';
    throw new AppError('usage', `${label}: the front matter is not right: ${place}${issue?.message}`, {
      hint: 'it may have name, description, defaults, needs and variables; see docs/presets.md',
    });
  }
  const { name, description, defaults, needs, variables } = result.data;
  return {
    ...{ name, description, defaults, needs },
    variables: new Map(
      Object.entries(variables).map(([key, value]) =>
        typeof value === 'string'
          ? [key, { about: value, default: undefined }]
          : [key, { about: value.about, default: value.default }],
      ),
    ),
  };
}

async function parseYaml(text: string, label: string): Promise<unknown> {
  const yaml = await import('yaml');
  try {
    return yaml.parse(text, { logLevel: 'error' });
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    throw new AppError('usage', `${label}: the front matter is not valid YAML: ${reason}`, { cause: error });
  }
}
