import { findProvider } from '../catalog/find-provider.ts';
import type { Env } from '../config/env-file.ts';
import type { Explained } from '../config/load-config.ts';
import { flagName } from '../config/option-names.ts';
import type { Endpoint } from '../config/resolve-endpoint.ts';
import type { Setting } from './check.ts';

const LONGEST_VALUE = 60;

/** What is set and where, and what follows from it for the endpoint. `real` is the environment without the file's part. */
export function describeSettings(explained: Explained, endpoint: Endpoint, real: Env): readonly Setting[] {
  const set = [...explained.given].map(([key, { value, label }]) => ({
    name: flagName(key).slice(2),
    value: shown(value),
    from: placeOf(label, explained.envFile, real),
  }));
  const given = new Set(set.map(({ name }) => name));
  const stand = (name: string): string => placeOf(name, explained.envFile, real);
  const follows = [...settled(endpoint, given, stand)].filter(({ name }) => !given.has(name));
  const { model } = explained.options;
  const isSplit = model !== undefined && model !== endpoint.model;
  return [
    ...set,
    ...follows,
    ...(isSplit ? [{ name: 'model-sent', value: endpoint.model, from: 'model' }] : []),
  ];
}

/** What the program has settled itself. */
function settled(
  { provider, model, baseUrl, url, region }: Endpoint,
  given: ReadonlySet<string>,
  stand: (variable: string) => string,
): readonly Setting[] {
  const entry = findProvider(provider);
  const isUsual = entry?.baseUrl?.replace('{region}', region ?? '') === baseUrl;
  const decider = ['url', 'base-url', 'model'].find((name) => given.has(name));
  const found = [
    ['provider', provider, decider === undefined ? 'default' : `follows from ${decider}`],
    ['model', model || undefined, 'default'],
    ['base-url', baseUrl, isUsual ? `default of ${provider}` : stand(entry?.urlVariable ?? 'default')],
    ['url', url, 'default'],
    ['region', region, 'AWS_REGION or AWS_DEFAULT_REGION, or the URL'],
  ] as const;
  return found.flatMap(([name, value, from]) =>
    value === undefined ? [] : [{ name, value: shown(value), from }],
  );
}

/** A variable that the real environment lacks stands in the file. */
export function placeOf(label: string, envFile: string, real: Env): string {
  return /^[A-Z][A-Z0-9_]*$/.test(label) && !real[label] ? `${label} in ${envFile}` : label;
}

/** On one line and not too long; a URL without what may be secret in it. */
function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const safe = URL.canParse(text) && /^https?:/i.test(text) ? withoutSecrets(new URL(text)) : text;
  const line = safe.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  return line.length > LONGEST_VALUE ? `${line.slice(0, LONGEST_VALUE - 1)}…` : line;
}

export function withoutSecrets(url: URL): string {
  const user = url.username || url.password ? '***@' : '';
  const query = url.search === '' ? '' : '?…';
  return `${url.protocol}//${user}${url.host}${url.pathname.replace(/\/+$/, '')}${query}`;
}
