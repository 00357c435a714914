import type { InputRow, Source } from '../core/record.ts';
import { Identifier } from './identify.ts';

/** The same records, each with its key and the hash of its content. */
export function identifiedSource(inner: Source, usedFields: readonly string[]): Source {
  return {
    ...(inner.totalBytes === undefined ? {} : { totalBytes: inner.totalBytes }),
    bytesRead: () => inner.bytesRead(),
    rows: (signal) => identified(inner.rows(signal), new Identifier(usedFields)),
  };
}

async function* identified(rows: AsyncIterable<InputRow>, identifier: Identifier): AsyncGenerator<InputRow> {
  for await (const row of rows) yield identifier.identify(row);
}
