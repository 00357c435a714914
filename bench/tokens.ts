import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openTextTools } from '../src/chunks/open-text-tools.ts';
import type { Finding } from './report.ts';

const WORKER = new URL('../dist/text-worker.js', import.meta.url);
const BOOK = readFileSync(new URL('../fixtures/books/moby-dick.txt', import.meta.url), 'utf8');
const MB = 1e6;

const TEXTS: readonly (readonly [string, string])[] = [
  ['10 MB of prose', BOOK.repeat(8)],
  ['5 MB in one line', BOOK.replace(/\s+/g, ' ').repeat(4)],
  ['a million equal letters', 'a'.repeat(MB)],
  ['1 MB of Chinese without punctuation', unpunctuated(MB / 3)],
  ['1 MB of base64', Buffer.from(BOOK).toString('base64').slice(0, MB)],
];

/** Counting and cutting of large texts, and the longest time that the event loop was held up meanwhile. */
export async function tokens(): Promise<Finding[]> {
  const tools = openTextTools('gpt-4o', { workerUrl: WORKER });
  const loop = monitorEventLoopDelay({ resolution: 1 });
  const findings: Finding[] = [];
  try {
    loop.enable();
    await tools.count('start');
    for (const [name, text] of TEXTS) {
      const counting = await rate(text, () => tools.count(text));
      const cutting = await rate(text, () => tools.chunk(text, { maxTokens: 2000, overlapTokens: 100 }));
      findings.push({ name, value: `${counting} counted, ${cutting} cut`, aim: '' });
    }
  } finally {
    await tools.close();
  }
  const longest = `${(loop.max / 1e6).toFixed(0)} ms`;
  return [...findings, { name: 'longest hold of the event loop', value: longest, aim: '≤ 50 ms' }];
}

/** Characters of which hardly two make one token, the same ones each time. */
function unpunctuated(length: number): string {
  return Array.from({ length }, (_, i) => String.fromCharCode(0x4e00 + ((i * 7919 + i * i) % 6000))).join('');
}

async function rate(text: string, work: () => Promise<unknown>): Promise<string> {
  const from = performance.now();
  await work();
  const seconds = (performance.now() - from) / 1000;
  return `${(Buffer.byteLength(text) / MB / seconds).toFixed(1)} MB/s`;
}
