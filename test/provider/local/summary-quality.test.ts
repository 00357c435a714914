import { describe, expect, it } from 'vitest';
import { type Rouge, rouge } from '../../../src/eval/rouge.ts';
import { tokensOf } from '../../../src/eval/tokens.ts';
import { summariseText } from '../../../src/provider/local/summarise-text.ts';
import { references } from './fixtures.ts';

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

function leadThree(text: string): string {
  const all = text
    .split(/\n+/)
    .flatMap((line) => [...sentences.segment(line)].map(({ segment }) => segment.trim()));
  return all.slice(0, 3).join(' ');
}

function average(scores: readonly Rouge[], key: keyof Rouge): number {
  return scores.reduce((sum, score) => sum + score[key].f, 0) / scores.length;
}

function score(candidate: string, reference: string): Rouge {
  return rouge(tokensOf(candidate), tokensOf(reference));
}

describe('summaries of the fixtures with references', () => {
  const records = references();
  const ours = records.map(({ text, summary }) => score(summariseText(text), summary));
  const lead = records.map(({ text, summary }) => score(leadThree(text), summary));

  it.each(['rouge1', 'rouge2', 'rougeL'] as const)(
    'are nearer to them than the first three sentences (%s)',
    (key) => {
      expect(average(ours, key)).toBeGreaterThan(average(lead, key));
    },
  );
});
