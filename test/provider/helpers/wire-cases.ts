import { readdirSync, readFileSync } from 'node:fs';
import type { ContextFacts } from '../../../src/core/errors.ts';
import type { Completion, Usage } from '../../../src/core/request.ts';

/** One reply as an endpoint sends it, and what has to become of it. */
export interface WireCase {
  readonly name: string;
  /** What kind of reply it is the example of, in the table of all providers. */
  readonly shape?: string;
  readonly status: number;
  readonly headers?: Record<string, string>;
  /** Sent as JSON, or `text` as it is. */
  readonly body?: unknown;
  readonly text?: string;
  readonly expect: ExpectedFailure | (Partial<Completion> & { readonly text: string });
}

interface ExpectedFailure {
  readonly code: string;
  readonly usage?: Usage;
  readonly retryAfterMs?: number;
  readonly context?: ContextFacts;
  /** A part of the message. */
  readonly says?: string;
}

const FOLDER = new URL('../../../fixtures/provider/', import.meta.url);

/** Replies that may come from whatever stands at a URL. */
const ANY_WIRE = read('any-wire.json');

/** All replies of one wire, by file. */
export function casesOf(wire: string): readonly (readonly [file: string, cases: readonly WireCase[]])[] {
  const files = readdirSync(new URL(`${wire}/`, FOLDER)).sort();
  return [...files.map((file) => [file, read(`${wire}/${file}`)] as const), ['any-wire.json', ANY_WIRE]];
}

function read(file: string): readonly WireCase[] {
  return JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')).cases;
}
