import type { Wire } from '../catalog/entry.ts';
import { AppError } from '../core/errors.ts';
import { flagName } from './option-names.ts';
import type { RunOptions } from './run-options.ts';

type Speaks = Wire | 'own';

interface Fit {
  readonly fits: (wire: Speaks) => boolean;
  /** For what the option is. */
  readonly isFor: string;
}

const only =
  (...wires: readonly Speaks[]): Fit['fits'] =>
  (wire) =>
    wires.includes(wire);
const FOR_HTTP: Fit = { fits: only('http'), isFor: '--provider http' };

/** Options that mean something to some providers only. */
const FITS: Readonly<Record<string, Fit>> = {
  model: { fits: (wire) => wire !== 'local', isFor: 'a provider that has models' },
  baseUrl: { fits: (wire) => wire !== 'local' && wire !== 'http', isFor: '--provider openai, or another endpoint' },
  region: { fits: only('bedrock'), isFor: '--provider bedrock' },
  apiVersion: { fits: only('azure'), isFor: '--provider azure' },
  url: FOR_HTTP,
  body: FOR_HTTP,
  responsePath: FOR_HTTP,
};

/** Whose answers come whole: those of Converse as a stream are in a binary format of AWS's own. */
const WITHOUT_STREAMS: ReadonlySet<Speaks> = new Set(['bedrock', 'http', 'local', 'own']);

/** Throws `usage` for an option that would change nothing with this provider. */
export function refuseWhatDoesNotFit(options: RunOptions, provider: string, wire: Speaks): void {
  const given: Readonly<Record<string, unknown>> = options;
  for (const [key, { fits, isFor }] of Object.entries(FITS)) {
    if (given[key] === undefined || fits(wire)) continue;
    throw new AppError('usage', `${flagName(key)} does not fit the provider ${provider}`, {
      hint: `it is for ${isFor}; leave one of the two out`,
    });
  }
  if (options.bodyType !== 'json' && wire !== 'http') {
    throw new AppError('usage', `--body-type does not fit the provider ${provider}`, {
      hint: `it is for ${FOR_HTTP.isFor}`,
    });
  }
  if (options.stream && WITHOUT_STREAMS.has(wire)) {
    throw new AppError('usage', `--stream does not fit the provider ${provider}, whose answers come whole`, {
      hint: 'leave --stream out',
    });
  }
}
