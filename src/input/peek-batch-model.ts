import { open } from 'node:fs/promises';
import { isBatchRequest } from '../core/batch-request.ts';

/** No request is looked at that is longer. */
const MOST_BYTES = 1024 * 1024;

/** The model of the first request in a batch file; undefined for what is none, names none, or cannot be read. */
export async function peekBatchModel(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      if (!(await file.stat()).isFile()) return undefined;
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, 0);
      const [line = ''] = buffer.toString('utf8', 0, bytesRead).trimStart().split('\n', 1);
      const value: unknown = JSON.parse(line);
      const model = isBatchRequest(value) ? value.body.model : undefined;
      return typeof model === 'string' ? model : undefined;
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
