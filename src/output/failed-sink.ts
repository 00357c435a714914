import { rename, rm } from 'node:fs/promises';
import type { Outcome, Sink } from '../core/outcome.ts';
import { BatchWriter } from './batch-writer.ts';
import { failedLine } from './failed-line.ts';
import { FileTarget } from './file-target.ts';
import { openOutputFile } from './open-output-file.ts';
import { outputError } from './output-error.ts';
import { realLocation } from './real-location.ts';

/**
 * Writes the records that fail into a file of their own, besides what another sink writes of them. The file is
 * replaced in one step at the close, by an empty one where none has failed; a device or pipe is written to as it is.
 * Throws as `openOutputFile` does.
 */
export async function failedSink(inner: Sink, path: string): Promise<Sink> {
  const { location, isDevice } = await realLocation(path, '--failed');
  const temporary = isDevice ? location : `${location}.gistmill-tmp`;
  // A run that was killed may have left it.
  if (!isDevice) await rm(temporary, { force: true }).catch(() => {});
  const file = await openOutputFile(temporary, 'create', '--failed');
  const writer = new BatchWriter(new FileTarget({ ...file, name: path }));
  const finish = async (): Promise<void> => {
    await writer.close();
    if (isDevice) return;
    await rename(temporary, location).catch((cause: unknown) => {
      throw outputError(path, cause);
    });
  };
  return {
    async write(outcome: Outcome): Promise<void> {
      await inner.write(outcome);
      if (!outcome.ok) await writer.write(failedLine(outcome.record, outcome.error));
    },
    skip: (index) => inner.skip?.(index),
    async close() {
      try {
        await inner.close();
      } finally {
        await finish();
      }
    },
  };
}
