import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

/** One record of the input. */
export interface SoakRecord {
  /** As it stands in the input; missing where the record has none. */
  readonly id?: string | number;
  readonly text: string;
  /** Whether its summary has to be asked for: all other texts are of two sentences, and come back as they are. */
  readonly isLong?: true;
}

/** Ten blocks of different kinds, one after the other. */
const KINDS = 10;
const RECORDS_IN_KINDS = 15;
const LONG_SENTENCES = 12;

const BOARDS = ['harbour', 'school', 'water', 'railway', 'forest', 'Straßen', 'наук', '港湾'];
const ACTS = ['put off', 'passed', 'turned down', 'sent back', 'took up again', 'praised'];
const THINGS = ['a longer quay', 'the new budget', 'two bridges', 'a survey of the wells', 'the “old” fees'];

/** The blocks that hold so many records in all. */
export function blocksFor(records: number): number {
  return Math.floor(records / RECORDS_IN_KINDS) * KINDS + (records % RECORDS_IN_KINDS);
}

/**
 * The records of one block, always the same for the same number: lines that stay together when the input is put in
 * another order. Of every ten blocks one has ids 1 and "1", one no id, one three lines that are the same without an
 * id, one a text under two ids, one an id of two texts, and one a long text. Beyond `records` in all there are but
 * single plain lines.
 */
export function block(number: number, records: number): readonly SoakRecord[] {
  const isWhole = number < Math.floor(records / RECORDS_IN_KINDS) * KINDS;
  const text = shortText(number, 1);
  switch (isWhole ? number % KINDS : KINDS) {
    case 0:
      return [
        { id: number, text },
        { id: String(number), text: shortText(number, 2) },
      ];
    case 1:
      return [{ text }];
    case 2:
      return [{ text }, { text }, { text }];
    case 3:
      return [
        { id: `a${number}`, text },
        { id: `b${number}`, text },
      ];
    case 4:
      return [
        { id: `twice${number}`, text },
        { id: `twice${number}`, text: shortText(number, 2) },
      ];
    case 5:
      return [{ id: `long${number}`, text: longText(number), isLong: true }];
    default:
      return [{ id: `r${number}`, text }];
  }
}

/** Writes the records of these blocks, one a line. */
export async function writeInput(path: string, blocks: Iterable<number>, records: number): Promise<void> {
  const file = createWriteStream(path);
  let lines = '';
  for (const number of blocks) {
    for (const { id, text } of block(number, records)) lines += `${JSON.stringify({ id, text })}\n`;
    if (lines.length < 256 * 1024) continue;
    if (!file.write(lines)) await once(file, 'drain');
    lines = '';
  }
  file.end(lines);
  await finished(file);
}

function shortText(number: number, part: number): string {
  return `Report ${number}/${part} is about the ${pick(BOARDS, number)} board. ${sentence(number, part)}`;
}

function longText(number: number): string {
  const sentences = Array.from({ length: LONG_SENTENCES }, (_, i) => sentence(number + i * 7, i));
  return `Report ${number} is long. ${sentences.join(' ')}`;
}

function sentence(number: number, part: number): string {
  return `In session ${number % 977} it ${pick(ACTS, number + part)} ${pick(THINGS, number * 3 + part)} by ${number % 31} votes.`;
}

function pick(words: readonly string[], number: number): string {
  return words[number % words.length] ?? '';
}
