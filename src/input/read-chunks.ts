import { constants, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Socket } from 'node:net';
import { untilAborted } from './until-aborted.ts';

/** Bytes a read. Larger gains nothing measurable; smaller costs a promise more often. */
const CHUNK_BYTES = 256 * 1024;

/** What is used of `process.stdin`. */
export interface Stdin extends AsyncIterable<Uint8Array | string> {
  readonly isTTY?: boolean | undefined;
  readonly fd?: number | undefined;
  destroy(): unknown;
}

/** The bytes of a file. Every chunk is valid only until the next one is asked for. */
export async function* fileChunks(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const file = await open(path);
  try {
    const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    while (!signal.aborted) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/**
 * The bytes of a named pipe, `/dev/fd/N` included. Polled rather than read in the thread pool, where a
 * pipe that nobody writes to would hold a thread, and with it the end of the process.
 */
export async function* pipeChunks(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  yield* streamChunks(new Socket({ fd, readable: true, writable: false }), signal);
}

/** The bytes of a stream, which is destroyed at the end so that it does not keep the process alive. */
export async function* streamChunks(stream: Stdin, signal: AbortSignal): AsyncGenerator<Buffer> {
  for await (const chunk of untilAborted(stream, signal, () => stream.destroy())) {
    yield typeof chunk === 'string'
      ? Buffer.from(chunk)
      : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
  }
}
