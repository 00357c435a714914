import { type Foreseen, foreseeJournal } from '../journal/foresee.ts';
import { outputError } from '../output/output-error.ts';
import { packingOf } from '../output/packing.ts';
import { isDevice, realPath } from '../output/real-location.ts';
import { canGoOn, type ResultsOptions, tableOf } from './open-results.ts';
import type { RowSettings } from './row-settings.ts';

/** What a run would find of earlier ones, and where. */
export interface EarlierResults extends Foreseen {
  /** As the user knows the file. */
  readonly name: string;
}

/**
 * What a run with these options would find done already; undefined where it would go on after nothing. Only reads.
 * Throws as `openResults` does for results that are none of ours, or that other settings made.
 */
export async function foreseeResults(
  options: ResultsOptions,
  rowSettings: RowSettings,
): Promise<EarlierResults | undefined> {
  const { output, state, format, fresh, onChange, onlyFailed } = options;
  const isState = output === undefined || output === '-';
  const name = isState ? state : output;
  if (name === undefined || fresh || !(isState || canGoOn(format))) return undefined;
  if (await isDevice(name, isState ? '--state' : '--output')) return undefined;
  const foreseen = await foreseeJournal({
    ...{ path: await realPath(name), name, ...rowSettings },
    ...{ onChange, onlyFailed, ordered: false },
    table: isState ? undefined : await tableOf(options),
    packing: isState ? undefined : packingOf(name),
  }).catch((cause: unknown) => {
    throw outputError(name, cause);
  });
  return Object.assign(foreseen, { name });
}
