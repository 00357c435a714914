import type { Json } from '../core/json.ts';
import type { EndpointEntry } from './endpoint-entry.ts';

/**
 * How a value is written and what it becomes.
 * `duration` (`90s`, `15m`, `2h`, `250ms`; a bare number is seconds) becomes ms; `size` (`64MiB`, `512k`,
 * a bare number is bytes) becomes bytes; `list` is comma-separated or repeated; `params` is `key=json`, repeated;
 * `vars` is `key=text`, repeated, and becomes texts by key; `nameOrPath` is a path where it has a slash (but that
 * of `@scope/package`) or ends in `.md`; `folder` is a path, or as a bare flag the usual place; `limit` is a count or a percentage (`20`, `5%`); `endpoints`
 * is `key=value,…`, repeated, or objects; `integerOrAuto` is a whole number or the word `auto`.
 */
export type ValueKind =
  | 'flag'
  | 'text'
  | 'path'
  | 'folder'
  | 'integer'
  | 'integerOrAuto'
  | 'number'
  | 'duration'
  | 'size'
  | 'choice'
  | 'list'
  | 'params'
  | 'vars'
  | 'nameOrPath'
  | 'limit'
  | 'endpoints';

/** `20` or `5%`. */
export interface CountOrShare {
  readonly amount: number;
  readonly unit: 'count' | 'percent';
}

/** One option: the only source of its flag, variable, configuration key, default, help and documentation. */
export interface OptionSpec {
  /** Configuration key, camelCase; the flag is its kebab-case, the variable `GISTMILL_` + its SNAKE_CASE. */
  readonly key: string;
  readonly short?: string;
  /** What it is called in a configuration file, where that is not the key. */
  readonly fileKey?: string;
  readonly kind: ValueKind;
  readonly choices?: readonly string[];
  readonly default?: unknown;
  /** How the help writes the default, where it is not the value itself. */
  readonly defaultText?: string;
  /** Smallest and largest value allowed, in the unit that the kind becomes. */
  readonly min?: number;
  readonly max?: number;
  /** What the error for a malformed value suggests to write, where the kind's own example does not fit. */
  readonly example?: string;
  /** The option that says the same in another way: one source may give only one; the stronger source's counts. */
  readonly rival?: string;
  /** What stands for the value in the help: `--rpm <n>`. */
  readonly placeholder?: string;
  readonly group: string;
  /** One line, no full stop at its end. */
  readonly help: string;
}

type ValueOf<S extends OptionSpec> = S['kind'] extends 'flag'
  ? boolean
  : S['kind'] extends 'integer' | 'number' | 'duration' | 'size'
    ? number
    : S['kind'] extends 'integerOrAuto'
      ? number | 'auto'
      : S['kind'] extends 'choice'
        ? S['choices'] extends readonly (infer C)[]
          ? C
          : never
        : S['kind'] extends 'list'
          ? readonly string[]
          : S['kind'] extends 'params'
            ? Readonly<Record<string, Json>>
            : S['kind'] extends 'vars'
              ? Readonly<Record<string, string>>
              : S['kind'] extends 'limit'
                ? CountOrShare
                : S['kind'] extends 'endpoints'
                  ? readonly EndpointEntry[]
                  : string;

/** The configuration that a table of options describes: what has no default may be undefined. */
export type OptionValues<T extends readonly OptionSpec[]> = {
  readonly [S in T[number] as S['key']]: S extends { readonly default: unknown }
    ? ValueOf<S>
    : ValueOf<S> | undefined;
};
