import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { parse } from 'node:path';
import { readRows } from './read-rows.ts';
import type { Table } from './table.ts';

export interface SplitPaths {
  readonly ok: string;
  readonly error: string;
}

/** `out.jsonl` → `out.ok.jsonl` and `out.error.jsonl`. */
export function splitPaths(file: string): SplitPaths {
  const { dir, name, ext } = parse(file);
  const folder = dir === '' || dir.endsWith('/') ? dir : `${dir}/`;
  return { ok: `${folder}${name}.ok${ext}`, error: `${folder}${name}.error${ext}` };
}

/** Enough that a row costs no system call of its own. */
const BLOCK_BYTES = 256 * 1024;

/**
 * Copies the rows of a journal apart, the good ones and the failed ones, in their order. Each file is replaced in one
 * step, also where it gets no row; with a `table` each begins with its header. Rejects with what the file system says.
 */
export async function splitRows(file: string, paths: SplitPaths, table?: Table): Promise<void> {
  const ok = new Copy(paths.ok, table?.header);
  const error = new Copy(paths.error, table?.header);
  try {
    const journal = await open(file, 'r');
    try {
      await readRows(journal, table?.columns, ({ kind, bytes, from, to }, row) => {
        if (kind === 'row') (row.isGood ? ok : error).add(bytes.subarray(from, to));
      });
    } finally {
      await journal.close();
    }
    ok.finish();
    error.finish();
  } finally {
    ok.discard();
    error.discard();
  }
}

class Copy {
  readonly #path: string;
  readonly #temporary: string;
  readonly #fd: number;
  readonly #block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #held = 0;
  #isOpen = true;

  constructor(path: string, header = '') {
    this.#path = path;
    this.#temporary = `${path}.gistmill-tmp`;
    this.#fd = openSync(this.#temporary, 'w');
    this.#send(Buffer.from(header));
  }

  add(line: Buffer): void {
    if (this.#held + line.length + 1 > BLOCK_BYTES) this.#send(this.#block.subarray(0, this.#held));
    if (line.length + 1 > BLOCK_BYTES) {
      this.#send(Buffer.concat([line, LF]));
      return;
    }
    this.#held += line.copy(this.#block, this.#held);
    this.#held += LF.copy(this.#block, this.#held);
  }

  finish(): void {
    this.#send(this.#block.subarray(0, this.#held));
    this.#close();
    renameSync(this.#temporary, this.#path);
  }

  /** Does nothing after `finish`. */
  discard(): void {
    this.#close();
    rmSync(this.#temporary, { force: true });
  }

  #send(bytes: Buffer): void {
    for (let sent = 0; sent < bytes.length; ) sent += writeSync(this.#fd, bytes, sent);
    this.#held = 0;
  }

  #close(): void {
    if (this.#isOpen) closeSync(this.#fd);
    this.#isOpen = false;
  }
}

const LF = Buffer.from('\n');
