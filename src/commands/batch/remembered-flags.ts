import { resolve } from 'node:path';
import { RUN_OPTIONS } from '../../config/run-options.ts';

export type Flags = Readonly<Record<string, unknown>>;

/** They belong to one command alone. */
const NOT_REMEMBERED = new Set(['fresh', 'json', 'poll', 'output']);

/** The flags of a command line that later ones need too, without what may be secret. */
export function flagsToRemember(flags: Flags): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(flags).filter(([key, value]) => !NOT_REMEMBERED.has(key) && !isSecret(key, value)),
  );
}

/** A password or a query in a URL; headers of one's own. They have to be given again. */
function isSecret(key: string, value: unknown): boolean {
  if (/header|secret|token$/i.test(key)) return true;
  if (!/url$/i.test(key)) return false;
  const written = String(value);
  if (!URL.canParse(written)) return written.includes('@') || written.includes('?');
  const { username, password, search } = new URL(written);
  return `${username}${password}${search}` !== '';
}

/** Those flags as if they stood on a command line here; paths are meant from where they were given. */
export function flagsFrom(stored: Flags, from: string, cwd: string): Flags {
  if (from === cwd) return stored;
  const kinds = new Map<string, string>(RUN_OPTIONS.map(({ key, kind }) => [key, kind]));
  return Object.fromEntries(
    Object.entries(stored).map(([key, value]) => {
      const kind = kinds.get(key);
      const isPath = kind === 'path' || (kind === 'nameOrPath' && /^[^@]*[/\\]|\.md$/.test(String(value)));
      return [key, isPath && typeof value === 'string' ? resolve(from, value) : value];
    }),
  );
}
