import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { AppError } from '../core/errors.ts';
import { realPath } from './real-location.ts';

/**
 * Throws `usage` when the output file is one of the inputs, be it through links or not there yet.
 * An input that does not exist is for the input to report.
 */
export async function refuseInputPath(output: string, inputs: readonly string[]): Promise<void> {
  await refuseInputFile(await statIfThere(output), inputs);
  const target = await realPath(output);
  for (const input of inputs) {
    if ((await realPath(input)) === target) throw sameFile(input);
  }
}

/** Throws `usage` when one of the inputs is the regular file that is written to. */
export async function refuseInputFile(
  output: BigIntStats | undefined,
  inputs: readonly string[],
): Promise<void> {
  if (output === undefined || !output.isFile()) return;
  for (const input of inputs) {
    const stats = await statIfThere(input);
    if (stats !== undefined && stats.dev === output.dev && stats.ino === output.ino) throw sameFile(input);
  }
}

/**
 * Throws `usage` when a file that a run writes besides its results, as `flag` names it, is one of these others:
 * its lines would be among the results, or replace them or an input. Devices may be shared.
 */
export async function refuseSharedPath(flag: string, path: string, others: readonly string[]): Promise<void> {
  const stats = await statIfThere(path);
  if (stats !== undefined && !stats.isFile()) return;
  const location = await realPath(path);
  for (const other of others) {
    const there = await statIfThere(other);
    const same = stats !== undefined && stats.dev === there?.dev && stats.ino === there.ino;
    if (!same && (await realPath(other)) !== location) continue;
    throw new AppError('usage', `${flag} ${path}: it is also an input or another output`, {
      hint: 'name another file',
    });
  }
}

function sameFile(input: string): AppError {
  return new AppError('usage', `${input}: it is an input and the output at once`, {
    hint: 'name another file for the results',
  });
}

async function statIfThere(path: string): Promise<BigIntStats | undefined> {
  return stat(path, { bigint: true }).catch(() => undefined);
}
