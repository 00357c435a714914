import type { StderrStream } from './stderr.ts';

export type ProgressOption = 'auto' | 'line' | 'none' | 'json';

/** `live` is the moving line of a terminal. */
export type ProgressMode = 'live' | 'line' | 'none' | 'json';

export type Env = Readonly<Record<string, string | undefined>>;

/**
 * Nothing moves where nobody watches: off a terminal, in CI, on a terminal that cannot move its cursor or
 * has no width (as a pseudo-terminal that nobody has sized).
 */
export function progressMode(
  options: { readonly progress: ProgressOption; readonly quiet: boolean },
  stderr: Pick<StderrStream, 'isTTY' | 'columns'>,
  env: Env,
): ProgressMode {
  if (options.quiet) return 'none';
  if (options.progress !== 'auto') return options.progress;
  const movable = stderr.isTTY === true && stderr.columns !== 0 && env.TERM !== 'dumb';
  return movable && !inCi(env) ? 'live' : 'line';
}

/** https://no-color.org: present and not empty, whatever its value. */
export function wantsColour(env: Env): boolean {
  return (env.NO_COLOR ?? '') === '';
}

function inCi({ CI }: Env): boolean {
  return CI !== undefined && !['', '0', 'false'].includes(CI.toLowerCase());
}
