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

/** One streamed reply. */
export interface StreamCase {
  readonly name: string;
  readonly shape?: string;
  /** Default: 200, and the type of streams. */
  readonly status?: number;
  readonly type?: string;
  /** What is sent, by lines. */
  readonly lines: readonly string[];
  /** Default: a line feed. */
  readonly eol?: string;
  readonly expect: WireCase['expect'];
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
  const files = readdirSync(new URL(`${wire}/`, FOLDER))
    .filter((file) => file !== 'stream.json')
    .sort();
  return [...files.map((file) => [file, read(`${wire}/${file}`)] as const), ['any-wire.json', ANY_WIRE]];
}

/** All streamed replies of one wire. */
export function streamCasesOf(wire: string): readonly StreamCase[] {
  return read(`${wire}/stream.json`);
}

function read<Case = WireCase>(file: string): readonly Case[] {
  return JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')).cases;
}
