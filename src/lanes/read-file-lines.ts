import { createReadStream } from 'node:fs';

export interface FileLine {
  /** Without its line end. */
  readonly text: string;
  /** Where it begins in the file, and where the next one does, in bytes. */
  readonly from: number;
  readonly to: number;
}

const LF = 0x0a;

/** The lines of a file that is there, between these bytes; blank ones are left out. */
export async function* readFileLines(
  path: string,
  range: { readonly from?: number; readonly to?: number } = {},
): AsyncGenerator<FileLine> {
  const { from = 0, to } = range;
  if (to !== undefined && to <= from) return;
  let held: Buffer[] = [];
  let start = from;
  let at = from;
  const options = { start: from, ...(to !== undefined && { end: to - 1 }), highWaterMark: 256 * 1024 };
  for await (const chunk of createReadStream(path, options) as AsyncIterable<Buffer>) {
    let done = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, done)) {
      const text = Buffer.concat([...held, chunk.subarray(done, end)]).toString('utf8');
      held = [];
      done = end + 1;
      if (text.trim() !== '') yield { text, from: start, to: at + done };
      start = at + done;
    }
    if (done < chunk.length) held.push(chunk.subarray(done));
    at += chunk.length;
  }
  const text = Buffer.concat(held).toString('utf8');
  if (text.trim() !== '') yield { text, from: start, to: at };
}
