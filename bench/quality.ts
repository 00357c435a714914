import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Rouge, rouge } from '../src/eval/rouge.ts';
import { tokensOf } from '../src/eval/tokens.ts';
import { summariseText } from '../src/provider/local/summarise-text.ts';
import type { Finding } from './report.ts';

interface Reference {
  readonly text: string;
  readonly summary: string;
  readonly lang: string;
}

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

/** What most extractive summarisers do not beat on news: the first three sentences. */
function leadThree(text: string): string {
  const all = text
    .split(/\n+/)
    .flatMap((line) => [...sentences.segment(line)].map(({ segment }) => segment.trim()));
  return all.slice(0, 3).join(' ');
}

/** ROUGE (F1) of the built-in summariser on the fixtures with references, against the first three sentences. */
export async function quality(): Promise<Finding[]> {
  const lines = await readFile(join(import.meta.dirname, '../fixtures/references.jsonl'), 'utf8');
  const all = lines
    .trim()
    .split('\n')
    .map((line): Reference => JSON.parse(line));
  return [
    ...compare('all', all),
    ...compare(
      'English',
      all.filter(({ lang }) => lang === 'en'),
    ),
  ];
}

function compare(name: string, references: readonly Reference[]): Finding[] {
  const mean = (make: (text: string) => string, key: keyof Rouge): number =>
    references.reduce(
      (sum, { text, summary }) => sum + rouge(tokensOf(make(text)), tokensOf(summary))[key].f,
      0,
    ) / references.length;
  return (['rouge1', 'rouge2', 'rougeL'] as const).map((key) => ({
    name: `${key} of local/extractive, ${name} (${references.length})`,
    value: `${mean(summariseText, key).toFixed(4)} against ${mean(leadThree, key).toFixed(4)} of lead-3`,
    aim: 'not below',
  }));
}
