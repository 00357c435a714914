import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './shell.ts';

interface CodeBlock {
  /** Where it begins, as `README.md:12`. */
  readonly place: string;
  readonly code: string;
  /** Whether `<!-- not run here… -->` stands before it. */
  readonly isMarked: boolean;
}

/** The fenced blocks of one language in a page of the repository. */
export function codeBlocks(page: string, language: string): readonly CodeBlock[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const fence = new RegExp(`^(<!-- not run here[^>]*-->\\n)?\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms');
  return [...text.matchAll(fence)].map(({ index, 1: mark, 2: code = '' }) => ({
    place: `${page}:${text.slice(0, index).split('\n').length}`,
    code,
    isMarked: mark !== undefined,
  }));
}

/** Targets of the links of a page, without those that lead elsewhere. */
export function localLinks(page: string): readonly string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchors that a page has for its headings, as code hosts make them. */
export function anchors(page: string): readonly string[] {
  const text = readFileSync(join(ROOT, page), 'utf8').replace(/^```.*?^```$/gms, '');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}
