import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';

/** A body that is read as it is sent, and of a length that is told beforehand. */
export interface StreamBody {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
}

/** A form of these fields and one file (RFC 7578). */
export async function formBody(
  fields: Readonly<Record<string, string>>,
  path: string,
  name: string,
): Promise<StreamBody> {
  const boundary = `gistmill-${randomUUID()}`;
  const disposition = (rest: string): string => `--${boundary}\r\nContent-Disposition: form-data; ${rest}`;
  const before = Object.entries(fields).map(
    ([key, value]) => `${disposition(`name="${key}"`)}\r\n\r\n${value}\r\n`,
  );
  const file = `${disposition(`name="file"; filename="${name}"`)}\r\nContent-Type: application/jsonl\r\n\r\n`;
  return around(path, {
    before: `${before.join('')}${file}`,
    after: `\r\n--${boundary}--\r\n`,
    type: `multipart/form-data; boundary=${boundary}`,
  });
}

/** JSON lines as the array of an object: `{"requests":[…]}`. The file ends with a line end. */
export async function arrayBody(path: string, name: string): Promise<StreamBody> {
  const { size } = await stat(path);
  const parts = { before: `{${JSON.stringify(name)}:[`, after: ']}', type: 'application/json' };
  return around(path, parts, { end: size - 1, change: commas });
}

interface Around {
  readonly before: string;
  readonly after: string;
  readonly type: string;
}

interface Slice {
  /** Bytes of the file that are sent, from its beginning. */
  readonly end: number;
  readonly change: (chunk: Buffer) => Buffer;
}

async function around(path: string, { before, after, type }: Around, slice?: Slice): Promise<StreamBody> {
  const bytes = slice?.end ?? (await stat(path)).size;
  const length = Buffer.byteLength(before) + bytes + Buffer.byteLength(after);
  async function* pieces(): AsyncGenerator<Buffer> {
    yield Buffer.from(before);
    if (bytes > 0) {
      for await (const chunk of createReadStream(path, { end: bytes - 1 })) {
        yield slice === undefined ? (chunk as Buffer) : slice.change(chunk as Buffer);
      }
    }
    yield Buffer.from(after);
  }
  return {
    headers: { 'content-type': type, 'content-length': String(length) },
    body: Readable.from(pieces(), { objectMode: false }),
  };
}

/** Within JSON there is no line end: each one is the end of a line. */
function commas(chunk: Buffer): Buffer {
  for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, at + 1)) chunk[at] = 0x2c;
  return chunk;
}
