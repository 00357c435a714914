import type { Outcome, Sink } from '../core/outcome.ts';
import { BatchWriter } from './batch-writer.ts';
import { FileTarget } from './file-target.ts';
import { openOutputFile } from './open-output-file.ts';
import type { JournalledFile } from './open-sink.ts';
import { syncedTarget } from './synced-target.ts';

/**
 * Writes down in a file of its own what another sink has written: a row without its text for each outcome, once its
 * write has come back. So after a crash that file never tells of a row that is not out; the other way round, a few
 * rows may be out of which it does not tell yet.
 */
export async function stateSink(inner: Sink, file: JournalledFile): Promise<Sink> {
  const opened = await openOutputFile(file.path, 'append', '--state');
  const state = new BatchWriter(syncedTarget(new FileTarget(opened), opened, file.fsync));
  return {
    async write(outcome) {
      await inner.write(outcome);
      const line = stateLine(outcome, file.madeBy);
      file.onRow(outcome.record, Buffer.byteLength(line));
      await state.write(line);
    },
    skip: (index) => inner.skip?.(index),
    async close() {
      try {
        await inner.close();
      } finally {
        await state.close();
      }
    },
  };
}

function stateLine({ ok, record }: Outcome, madeBy: string): string {
  const { key, contentHash, id } = record;
  const row = { key, made_by: madeBy, content: contentHash, status: ok ? 'ok' : 'error', id };
  return `${JSON.stringify(row)}\n`;
}
