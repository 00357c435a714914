import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, test } from 'vitest';
import { loadTokenCounter } from '../../src/tokens/token-counter.ts';

const ARTICLES = readFileSync(join(import.meta.dirname, '../../fixtures/articles.jsonl'), 'utf8');

test('ordinary texts count as the tokenizer counts them, in twenty languages', async () => {
  const { count } = await loadTokenCounter('gpt-4o');
  for (const line of ARTICLES.trim().split('\n')) {
    const { text } = JSON.parse(line) as { text: string };
    expect(count(text)).toBe(countTokens(text, { disallowedSpecial: new Set() }));
  }
});

test.each(['<|endoftext|>', '<|im_start|>', '<|fim_prefix|>', '</s>', '<|endofprompt|>'])(
  '%s in a text is text: several tokens, and no error',
  async (special) => {
    const { count } = await loadTokenCounter();
    expect(count(special)).toBeGreaterThan(1);
    expect(count(`before ${special} after`)).toBeGreaterThan(count(special));
  },
);

// In one piece each of these takes the tokenizer more than the time limit of a test.
test('a million equal letters, blanks or signs are counted in no time', async () => {
  const { count } = await loadTokenCounter();
  for (const unit of ['a', 'ab', 'A', '漢字', '𠀀', ' ', '\n', '=-', '=😀', 'é']) {
    const times = Math.floor(1_000_000 / unit.length);
    const tokens = count(unit.repeat(times));
    // As many a unit as in a run that is short enough to stay whole.
    expect(tokens / times).toBeCloseTo(count(unit.repeat(120)) / 120, 1);
  }
});

test('cutting costs at most a token a cut', async () => {
  const { count } = await loadTokenCounter();
  const word = 'incomprehensibilities'.repeat(150);
  const whole = countTokens(word);
  expect(count(word)).toBeGreaterThanOrEqual(whole);
  expect(count(word)).toBeLessThanOrEqual(whole + Math.ceil(word.length / 256));
});

test.each([
  ['gpt-4o-mini', 'o200k_base', true],
  ['gpt-4.1', 'o200k_base', true],
  ['openai/gpt-5-mini', 'o200k_base', true],
  ['o3-mini', 'o200k_base', true],
  ['gpt-4', 'cl100k_base', true],
  ['gpt-4-turbo-2024-04-09', 'cl100k_base', true],
  ['gpt-3.5-turbo', 'cl100k_base', true],
  ['mistral-small', 'o200k_base', false],
  ['o-model', 'o200k_base', false],
  [undefined, 'o200k_base', false],
])('%s is counted by %s, its own: %s', async (model, encoding, isOwn) => {
  expect(await loadTokenCounter(model)).toMatchObject({ encoding, isOwn });
});
