import { AppError } from '../core/errors.ts';
import type { Preset } from './preset-file.ts';
import type { PresetTemplate } from './preset-template.ts';

/** What templates see as `vars`: null where it is not set. */
export type Variables = Readonly<Record<string, string | null>>;

/** The variables of a preset. Throws `usage` for one that it does not have, or does not get. */
export function resolveVariables(
  { name, variables }: Preset,
  templates: readonly PresetTemplate[],
  given: Readonly<Record<string, string>>,
): Variables {
  const undeclared = templates.flatMap((template) => template.variables).find((used) => !variables.has(used));
  if (undeclared !== undefined) {
    throw new AppError(
      'usage',
      `the preset ${name} uses vars.${undeclared}, which its front matter does not list`,
      {
        hint: `write there, under variables: "${undeclared}: what it is"`,
      },
    );
  }
  const unknown = Object.keys(given).find((key) => !variables.has(key));
  if (unknown !== undefined) {
    const known = [...variables.keys()].join(', ');
    throw new AppError('usage', `--var: the preset ${name} has no variable ${JSON.stringify(unknown)}`, {
      hint: known === '' ? 'it has none at all' : `it has ${known}`,
    });
  }
  return Object.fromEntries(
    [...variables].map(([key, { about, default: usual }]) => {
      const value = given[key] ?? usual;
      if (value !== undefined) return [key, value.trim() === '' ? null : value];
      throw new AppError('usage', `the preset ${name} needs --var ${key}=…`, { hint: `${key}: ${about}` });
    }),
  );
}
