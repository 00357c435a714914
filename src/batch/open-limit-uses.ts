import { systemClock } from '../core/clock.ts';
import { LimitUseFile } from '../journal/limit-use-file.ts';
import { pathsOf } from '../journal/paths.ts';
import type { ResultsParts } from './open-results.ts';

/** What earlier runs have taken from the limits by the day, beside the results in `file`; where there are such limits. */
export async function openLimitUses(
  file: string,
  { options, rowSettings }: Pick<ResultsParts, 'options' | 'rowSettings'>,
): Promise<LimitUseFile | undefined> {
  if (options.rpd === undefined && options.tpd === undefined) return undefined;
  const { provider, url, model } = rowSettings.settings;
  return LimitUseFile.open({
    path: pathsOf(file).limits,
    owner: { endpoint: String(url ?? provider ?? ''), model: String(model ?? '') },
    clock: systemClock,
  });
}
