import type { Writable } from 'node:stream';
import type { Target } from './batch-writer.ts';
import { outputError } from './output-error.ts';

/** Writes to a stream that belongs to somebody else, such as stdout: it is never ended or destroyed. */
export class StreamTarget implements Target {
  readonly #stream: Writable;
  readonly #name: string;
  #error: Error | undefined;

  constructor(stream: Writable, name: string) {
    this.#stream = stream;
    this.#name = name;
    // Stays on for good: without a listener a late EPIPE would end the process with a stack.
    stream.on('error', (error) => {
      this.#error ??= error;
    });
  }

  /** Resolves when the stream has passed the lines on, so a slow reader slows the writer. */
  write(lines: readonly string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stream.write(lines.join(''), 'utf8', (error) => {
        // What broke the stream tells more than that it is broken.
        if (error) reject(outputError(this.#name, this.#error ?? error));
        else resolve();
      });
    });
  }

  async close(): Promise<void> {}
}
