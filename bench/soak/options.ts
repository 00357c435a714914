import { parseArgs } from 'node:util';
import { parseDuration } from '../../src/config/parse-quantity.ts';
import { GISTMILL } from '../processes.ts';

export interface SoakOptions {
  readonly records: number;
  /** How long a run may write before it is killed, on average, in ms. */
  readonly killEveryMs: number;
  /** Most kills; then it is let go to its end. */
  readonly kills: number;
  readonly seed: number;
  readonly concurrency: number;
  /** Flags of `gistmill mock`. */
  readonly mock: readonly string[];
  /** Further flags of gistmill. */
  readonly flags: readonly string[];
  /** Name of the file of results, which may say how it is compressed. */
  readonly output: string;
  /** The gistmill that is run. */
  readonly bin: string;
}

const USAGE = `npm run soak -- [options] [-- flags of gistmill]
  --records n       records of the job (200000)
  --kill-every t    how long a run may write before it is killed, on average (3s)
  --kills n         most kills (no limit)
  --seed n          of the texts' order, the kills and the faults (1)
  --concurrency n   requests in flight (64)
  --latency t       of the endpoint (20-60)
  --error-rate p    share of 500s and 503s (0.02)
  --reset-rate p    share of connections that break in the middle of an answer (0.01)
  --hang-rate p     share of requests without any answer (0.001)
  --output name     out.jsonl; may be .gz
  --bin path        the gistmill to run (the one that is built here)
  --json            figures as JSON
`;

/** Reads a command line. Throws an `Error` that says how it should be for one that is wrong. */
export function readOptions(args: readonly string[]): {
  readonly options: SoakOptions;
  readonly json: boolean;
} {
  try {
    return readValues(args);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  }
}

function readValues(args: readonly string[]) {
  const text = (value: string) => ({ type: 'string', default: value }) as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...{ records: text('200000'), 'kill-every': text('3s'), kills: text('Infinity'), seed: text('1') },
      ...{ concurrency: text('64'), latency: text('20-60'), 'error-rate': text('0.02') },
      ...{ 'reset-rate': text('0.01'), 'hang-rate': text('0.001'), output: text('out.jsonl') },
      ...{ bin: text(GISTMILL), json: { type: 'boolean', default: false } },
    } as const,
  });
  const faults = ['error-rate', 'reset-rate', 'hang-rate', 'latency', 'seed'] as const;
  const options: SoakOptions = {
    records: numberOf('records', values.records),
    killEveryMs: parseDuration(values['kill-every']) ?? Number.NaN,
    kills: numberOf('kills', values.kills),
    seed: numberOf('seed', values.seed),
    concurrency: numberOf('concurrency', values.concurrency),
    mock: faults.flatMap((name) => [`--${name}`, values[name]]),
    flags: positionals,
    output: values.output,
    bin: values.bin,
  };
  if (!(options.killEveryMs > 0)) throw new Error(`--kill-every: ${values['kill-every']} is no time`);
  return { options, json: values.json };
}

function numberOf(name: string, written: string): number {
  const number = Number(written);
  if (!(number >= 0)) throw new Error(`--${name}: ${written} is no number`);
  return number;
}
