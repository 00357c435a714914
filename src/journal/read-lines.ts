import { isUtf8 } from 'node:buffer';

const LF = 0x0a;
const BLOCK_BYTES = 1024 * 1024;

/** What lines are read from: an open file, or what unpacks one. */
export interface ByteSource {
  /** Resolves to fewer bytes than were asked for where it likes, and to 0 at the end. Positions only go up. */
  read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

export interface Line {
  readonly bytes: Buffer;
  readonly from: number;
  /** Where its line end stands, or the bytes end. */
  readonly to: number;
  /** Place of its first byte in the file. */
  readonly offset: number;
  readonly isUtf8: boolean;
  readonly isEnded: boolean;
}

/**
 * Reads a file line by line, the last one even if it is not ended. `visit` gets one and the same object each time:
 * it is valid only during the call. Holds a megabyte, or the longest line.
 */
export async function readLines(file: ByteSource, visit: (line: Line) => void): Promise<void> {
  let buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  const line = { bytes: buffer, from: 0, to: 0, offset: 0, isUtf8: true, isEnded: true };
  let held = 0;
  /** Place in the file of the buffer's first byte. */
  let start = 0;
  for (;;) {
    if (held === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
    const { bytesRead } = await file.read(buffer, held, buffer.length - held, start + held);
    if (bytesRead === 0) break;
    held += bytesRead;
    const end = buffer.subarray(0, held).lastIndexOf(LF) + 1;
    if (end === 0) continue;
    line.bytes = buffer;
    line.isUtf8 = isUtf8(buffer.subarray(0, end));
    const blockIsUtf8 = line.isUtf8;
    for (let from = 0; from < end; ) {
      const to = buffer.indexOf(LF, from);
      line.from = from;
      line.to = to;
      line.offset = start + from;
      line.isUtf8 = blockIsUtf8 || isUtf8(buffer.subarray(from, to));
      visit(line);
      from = to + 1;
    }
    buffer.copyWithin(0, end, held);
    held -= end;
    start += end;
  }
  if (held === 0) return;
  const rest = buffer.subarray(0, held);
  visit({ bytes: rest, from: 0, to: held, offset: start, isUtf8: isUtf8(rest), isEnded: false });
}
