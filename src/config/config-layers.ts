import { AppError } from '../core/errors.ts';
import { checkConfigKeys } from './check-names.ts';
import { besideConfig, type ConfigFile } from './config-file.ts';
import type { Env } from './env-file.ts';
import { flagName, variableName } from './option-names.ts';
import type { OptionSpec } from './option-spec.ts';
import { endpointsBeside } from './parse-endpoints.ts';

/** A value as it was given, and the name of its place for messages. */
export interface Given {
  readonly value: unknown;
  readonly label: string;
}
/** What one source gives, by option key. */
export type Layer = ReadonlyMap<string, Given>;

/** Undefined for what is empty or no text: an empty variable counts as not set. */
export function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function flagLayer(specs: readonly OptionSpec[], flags: Readonly<Record<string, unknown>>): Layer {
  const layer = new Map<string, Given>();
  for (const { key, kind } of specs) {
    const value = flags[key];
    if (value === undefined) continue;
    const text = kind === 'list' && Array.isArray(value) ? value.join(',') : value;
    layer.set(key, { value: text, label: flagName(key) });
  }
  return layer;
}

export function variableLayer(specs: readonly OptionSpec[], prefix: string, env: Env): Layer {
  const layer = new Map<string, Given>();
  for (const { key } of specs) {
    const label = variableName(key, prefix);
    const value = nonEmpty(env[label]);
    if (value !== undefined) layer.set(key, { value, label });
  }
  return layer;
}

export function fileLayer(specs: readonly OptionSpec[], file: ConfigFile | undefined): Layer {
  const layer = new Map<string, Given>();
  if (file === undefined) return layer;
  checkConfigKeys(file, specs);
  for (const { key, kind, fileKey = key } of specs) {
    const value = file.values[fileKey];
    if (value === undefined || value === null) continue;
    const isPath =
      kind === 'path' ||
      (kind === 'nameOrPath' && /^[^@]*[/\\]|\.md$/i.test(String(value))) ||
      (kind === 'folder' && !/^(auto|off|true|false|yes|no|on|1|0)$/i.test(String(value)));
    const meant = isPath && nonEmpty(value) ? besideConfig(file.label, String(value)) : value;
    const beside = kind === 'endpoints' ? endpointsBeside(file.label, meant) : meant;
    layer.set(key, { value: beside, label: `${file.label}, ${fileKey}` });
  }
  return layer;
}

/**
 * The strongest layer comes first. Of two rival options the stronger layer's counts; both in one layer are a
 * `usage` error.
 */
export function mergeLayers(specs: readonly OptionSpec[], layers: readonly Layer[]): Layer {
  const merged = new Map<string, Given>();
  for (const layer of layers) {
    const settled = new Set(merged.keys());
    for (const { key, rival } of specs) {
      const given = layer.get(key);
      if (given === undefined || settled.has(key) || (rival !== undefined && settled.has(rival))) continue;
      const other = rival === undefined ? undefined : merged.get(rival);
      if (other !== undefined) throw contradiction(other, given);
      merged.set(key, given);
    }
  }
  return merged;
}

function contradiction(one: Given, other: Given): AppError {
  return new AppError(
    'usage',
    `${one.label} and ${other.label} contradict each other; give only one of them`,
  );
}
