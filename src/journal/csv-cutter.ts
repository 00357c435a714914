import { CsvScanner } from '../core/csv-scanner.ts';
import type { LineCutter } from './line-cutter.ts';

const CR = 0x0d;

/** Cuts single records out of a CSV file, which may go over several lines. */
export class CsvCutter {
  readonly #lines: LineCutter;
  readonly #scanner = new CsvScanner(',', true);

  constructor(lines: LineCutter) {
    this.#lines = lines;
  }

  /** The record that begins at this offset, with LF as its end even if the file has CR LF or lacks it. */
  async cut(offset: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let end = offset;
    this.#scanner.begin();
    for (;;) {
      const line = await this.#lines.cut(end);
      parts.push(line);
      end += line.length;
      if (this.#scanner.scan(line, 0) === 'open') continue;
      const record = parts.length === 1 ? line : Buffer.concat(parts);
      return record.at(-2) === CR ? Buffer.concat([record.subarray(0, -2), record.subarray(-1)]) : record;
    }
  }
}
