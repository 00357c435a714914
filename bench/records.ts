import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

const WORDS = 'the harbour board met on tuesday to weigh a plan for deeper water and a longer quay'.split(
  ' ',
);

/** One JSONL record of about `bytes` bytes; the same for the same number. */
export function recordLine(number: number, bytes: number): string {
  const words: string[] = [`Report ${number}.`];
  let length = 0;
  for (let i = number; length < bytes - 40; i += 7) {
    const word = WORDS[i % WORDS.length] ?? '';
    words.push(word);
    length += word.length + 1;
  }
  return `${JSON.stringify({ id: `r${number}`, text: words.join(' ') })}\n`;
}

/** Writes `count` records to a file, in batches, with backpressure. */
export async function writeRecords(path: string, count: number, bytes: number): Promise<void> {
  const file = createWriteStream(path);
  for (let at = 0; at < count; at += 500) {
    let block = '';
    for (let i = at; i < Math.min(count, at + 500); i++) block += recordLine(i, bytes);
    if (!file.write(block)) await once(file, 'drain');
  }
  file.end();
  await finished(file);
}
