import { describe, expect, it } from 'vitest';
import { summariseText } from '../../../src/provider/local/summarise-text.ts';
import { references } from './fixtures.ts';
import { type Rouge, rouge } from './rouge.ts';

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

function leadThree(text: string): string {
  const all = text
    .split(/\n+/)
    .flatMap((line) => [...sentences.segment(line)].map(({ segment }) => segment.trim()));
  return all.slice(0, 3).join(' ');
}

function average(scores: readonly Rouge[], key: keyof Rouge): number {
  return scores.reduce((sum, score) => sum + score[key], 0) / scores.length;
}

describe('the measure', () => {
  it('gives the scores of the worked example in the paper on ROUGE-L and ROUGE-1', () => {
    const reference = 'police killed the gunman';
    expect(rouge('police kill the gunman', reference).longest).toBeCloseTo(0.75);
    expect(rouge('the gunman kill police', reference).longest).toBeCloseTo(0.5);
    expect(rouge('the gunman kill police', reference).one).toBeCloseTo(0.75);
    expect(rouge('the gunman kill police', reference).two).toBeCloseTo(1 / 3);
  });
});

describe('summaries of the fixtures with references', () => {
  const records = references();
  const ours = records.map(({ text, summary }) => rouge(summariseText(text), summary));
  const lead = records.map(({ text, summary }) => rouge(leadThree(text), summary));

  it.each(['one', 'two', 'longest'] as const)(
    'are nearer to them than the first three sentences (ROUGE %s)',
    (key) => {
      expect(average(ours, key)).toBeGreaterThan(average(lead, key));
    },
  );
});
