import type { Redact } from './redact.ts';

/** What of `process.stderr` is used; `isTTY` and `columns` are there on a terminal only. */
export type StderrStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean | undefined;
  /** Width in characters, as it is now. */
  readonly columns?: number | undefined;
};

/** Somebody closed stderr (EPIPE, EBADF, EIO): there is nobody left to tell, and the run goes on. */
const ignoreError = (): void => {};

/** An endpoint's message or a record's id must not steer the terminal: all controls but tab and line feed. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]+/g;

/**
 * The one way to stderr for words: whole lines, secrets masked, never a throw. While a progress line
 * is on the terminal, it hooks this stream's `write`, so that a line pushes it down rather
 * than runs into it.
 */
export class StderrWriter {
  readonly stream: StderrStream;
  readonly #redact: Redact;

  constructor(stream: StderrStream, redact: Redact) {
    this.stream = stream;
    this.#redact = redact;
    if (!stream.listeners('error').includes(ignoreError)) stream.on('error', ignoreError);
  }

  /** Writes a line, or several; the last line feed is added. */
  line(text: string): void {
    if (!this.stream.writable) return;
    try {
      this.stream.write(`${this.#redact(text).replace(CONTROLS, ' ')}\n`);
    } catch {
      // As for `ignoreError`.
    }
  }
}
