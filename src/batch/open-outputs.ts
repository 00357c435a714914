import { rm } from 'node:fs/promises';
import type { RunOptions } from '../config/run-options.ts';
import { AppError } from '../core/errors.ts';
import { splitPaths, splitRows } from '../journal/split-rows.ts';
import { compressionOf, refuseCompression } from '../output/compression.ts';
import { failedSink } from '../output/failed-sink.ts';
import { outputError } from '../output/output-error.ts';
import { publishFile } from '../output/publish-file.ts';
import { type Location, realLocation } from '../output/real-location.ts';
import { refuseSharedPath } from '../output/refuse-input.ts';
import {
  canGoOn,
  openResults,
  type Results,
  type ResultsOptions,
  type ResultsParts,
  tableOf,
} from './open-results.ts';

type OutputsOptions = ResultsOptions & Pick<RunOptions, 'failed' | 'final' | 'splitBy'>;

/**
 * Opens the results of a run, and the files that it writes besides: the records that failed, the rows apart by their
 * status, the whole once it is done. Throws as `openResults` does, and `usage` where these files cannot be.
 */
export async function openOutputs(
  parts: ResultsParts & { readonly options: OutputsOptions },
): Promise<Results> {
  const { options } = parts;
  await checkOptions(options);
  const final = options.final === undefined ? undefined : await realLocation(options.final, '--final');
  const results = await openResults(parts);
  try {
    // Whoever waits for it must not find that of an earlier run.
    if (final?.isDevice === false) await remove(final.location, options.final);
    return await withFiles(results, options, final);
  } catch (error) {
    await results.sink.close().catch(() => {});
    results.release();
    throw error;
  }
}

async function withFiles(
  results: Results,
  options: OutputsOptions,
  final: Location | undefined,
): Promise<Results> {
  const { output = '', failed, final: finalName = '', splitBy } = options;
  const sink = failed === undefined ? undefined : await failedSink(results.sink, failed);
  return {
    ...results,
    ...(sink !== undefined && { sink }),
    finish: async (isWhole) => {
      await results.finish(isWhole);
      if (splitBy !== undefined) {
        await splitRows(output, splitPaths(output), await tableOf(options)).catch((cause: unknown) => {
          throw outputError(`--split-by ${splitBy}`, cause);
        });
      }
      if (isWhole === true && final !== undefined) await publishFile(output, final, finalName);
    },
  };
}

async function checkOptions(options: OutputsOptions): Promise<void> {
  const { output = '-', format, final, splitBy, failed, onlyFailed } = options;
  if (onlyFailed) checkOnlyFailed(options);
  if (output === '-' && final !== undefined) throw needsOutput('--final');
  if (output === '-' && splitBy !== undefined) throw needsOutput('--split-by');
  if (splitBy !== undefined && (!canGoOn(format) || compressionOf(output) !== undefined)) {
    throw new AppError('usage', '--split-by is for results in JSON lines or CSV that are not compressed', {
      hint: 'as in -o out.jsonl --split-by status',
    });
  }
  if (final !== undefined) refuseCompression(final, '--final');
  await refuseShared(options, failed);
}

function checkOnlyFailed({ output = '-', state, format, fresh, final }: OutputsOptions): void {
  if (state === undefined && (output === '-' || !canGoOn(format))) {
    throw new AppError('usage', '--only-failed needs the results of an earlier run, in JSON lines or CSV', {
      hint: 'name them with -o or --state',
    });
  }
  const other = fresh ? '--fresh' : final === undefined ? undefined : '--final';
  if (other === undefined) return;
  throw new AppError('usage', `--only-failed and ${other} contradict each other`, {
    hint: 'without --only-failed a run does what has failed and what is new',
  });
}

/** None of these files may be an input or another output. */
async function refuseShared(options: OutputsOptions, failed: string | undefined): Promise<void> {
  const { output, inputs, logFile, summaryJson, state, final, splitBy } = options;
  const split = output === undefined || splitBy === undefined ? undefined : splitPaths(output);
  const own: [string, string | undefined][] = [
    ['--failed', failed],
    ['--final', final],
    ['--split-by status:', split?.ok],
    ['--split-by status:', split?.error],
  ];
  const others = [...inputs, output, logFile, summaryJson, state].filter(isFile);
  for (const [option, path] of own) {
    if (!isFile(path)) continue;
    await refuseSharedPath(option, path, others);
    others.push(path);
  }
}

function isFile(path: string | undefined): path is string {
  return path !== undefined && path !== '-';
}

function needsOutput(option: string): AppError {
  return new AppError('usage', `${option} needs a file of results`, { hint: 'name one with -o' });
}

async function remove(path: string, name = path): Promise<void> {
  await rm(path, { force: true }).catch((cause: unknown) => {
    throw outputError(name, cause);
  });
}
