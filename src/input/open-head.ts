import { AppError } from '../core/errors.ts';

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
/** Longest beginning that is held to make out a format, in bytes. */
const LONGEST_HEAD = 1024 * 1024;

export interface OpenedHead {
  /** The first bytes, without a byte order mark. */
  readonly head: Buffer;
  /** All chunks, those of the head included. */
  readonly chunks: AsyncIterable<Buffer>;
}

/**
 * Looks at the beginning of an input, as far as `enough` asks for (1 MiB at most), and drops a byte
 * order mark. Throws `input_not_readable` for UTF-16.
 */
export async function openHead(
  chunks: AsyncIterable<Buffer>,
  name: string,
  enough: (head: Buffer) => boolean,
): Promise<OpenedHead> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (mayBecomeMark(head) || (head.length < LONGEST_HEAD && !enough(head))) {
    const held = Buffer.from(head);
    const next = await iterator.next();
    if (next.done === true) break;
    head = held.length === 0 ? next.value : Buffer.concat([held, next.value]);
  }
  refuseUtf16(head, name);
  const start = head.subarray(0, BOM.length).equals(BOM) ? BOM.length : 0;
  const first = head.subarray(start);
  return { head: first, chunks: joined(first, iterator) };
}

/** Whether more bytes are needed to tell a byte order mark, of UTF-8 or UTF-16, from text. */
function mayBecomeMark(head: Buffer): boolean {
  return head.length < BOM.length && (head[0] ?? 0xff) >= 0xef;
}

/** Throws `input_not_readable` for bytes that begin with a UTF-16 byte order mark. */
export function refuseUtf16(head: Buffer, name: string): void {
  const mark = head.length < 2 ? 0 : head.readUInt16BE(0);
  if (mark !== 0xfffe && mark !== 0xfeff) return;
  throw new AppError('input_not_readable', `${name} is UTF-16; gistmill reads UTF-8`, {
    hint: 'convert it, for example with: iconv -f UTF-16 -t UTF-8',
  });
}

async function* joined(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}
