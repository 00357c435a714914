import { hash } from 'node:crypto';
import { block, blocksFor, type SoakRecord } from './records.ts';

/** Asks for the summary of a text in a way that has nothing to do with the run. */
export type AskAgain = (text: string) => Promise<string>;

/** What should stand in the output, as often as it should: `tripleOf` each record and its summary. */
export type Expected = Map<string, number>;

const ASKED_TOGETHER = 16;

/** A record by its id (1 is not "1"), the hash of its text as rows have it, and its summary. */
export function tripleOf(id: string | number | undefined, textHash: string, summary: string): string {
  return sha256(`${JSON.stringify(id) ?? 'none'} ${textHash} ${sha256(summary)}`).slice(0, 24);
}

/** The first 12 characters of SHA-256 in base64url: what `content` of a row holds (docs/output.md). */
export function textHashOf(text: string): string {
  return sha256(text).slice(0, 12);
}

/**
 * What all records should come to. A text of one or two sentences comes back whole; the summary of a long one is
 * asked for again. Holds some 100 bytes a record.
 */
export async function expectedRows(records: number, askAgain: AskAgain): Promise<Expected> {
  const expected: Expected = new Map();
  let waiting: SoakRecord[] = [];
  const askAll = async (): Promise<void> => {
    const answers = await Promise.all(waiting.map(({ text }) => askAgain(text)));
    for (const [i, { id, text }] of waiting.entries()) add(expected, id, text, answers[i] ?? '');
    waiting = [];
  };
  for (let number = 0; number < blocksFor(records); number++) {
    for (const record of block(number, records)) {
      if (record.isLong) waiting.push(record);
      else add(expected, record.id, record.text, record.text);
    }
    if (waiting.length >= ASKED_TOGETHER) await askAll();
  }
  await askAll();
  return expected;
}

function add(expected: Expected, id: string | number | undefined, text: string, summary: string): void {
  const triple = tripleOf(id, textHashOf(text), summary);
  expected.set(triple, (expected.get(triple) ?? 0) + 1);
}

function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}
