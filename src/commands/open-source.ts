import { Readable } from 'node:stream';
import type { RunOptions } from '../config/run-options.ts';
import type { Source } from '../core/record.ts';
import { openInputs } from '../input/open-inputs.ts';
import type { Io } from './io.ts';

/** The inputs that a command line names, or stdin. */
export function openSource(inputs: readonly string[], options: RunOptions, io: Io): Promise<Source> {
  // Where files are named, stdin is not so much as opened.
  const stdin = inputs.length === 0 || inputs.includes('-') ? io.stdin : Readable.from([]);
  return openInputs({ ...options, inputs, maxLineBytes: options.maxLine }, stdin);
}
