import { readFileSync } from 'node:fs';

const fixture = (name: string): string =>
  readFileSync(new URL(`../../../fixtures/${name}`, import.meta.url), 'utf8');

interface Article {
  readonly id: string;
  readonly lang: string;
  readonly text: string;
}

const parseLines = <T>(name: string): T[] =>
  fixture(name)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

export const articles = (): Article[] => parseLines('articles.jsonl');
export const references = (): (Article & { readonly summary: string })[] => parseLines('references.jsonl');
export const articleText = (id: string): string => {
  const found = [...articles(), ...references()].find((article) => article.id === id);
  if (found === undefined) throw new Error(`No fixture named ${id}`);
  return found.text;
};
export const documentText = (name: string): string => fixture(`documents/${name}`);
