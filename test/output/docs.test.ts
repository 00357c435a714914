import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ProviderError } from '../../src/core/errors.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import { type FormatName, loadFormat } from '../../src/output/formats/format.ts';
import { toRow } from '../../src/output/to-row.ts';

const DOCS = readFileSync(new URL('../../docs/output.md', import.meta.url), 'utf8');
const KEEP = ['title'];
const MADE_BY = 'AuS_jZfpBX13';

const text = 'The text of the article.';
const EXAMPLES: readonly Outcome[] = [
  {
    ok: true,
    record: {
      key: 'OT66d3GPNhvGy5vDBE25JX',
      contentHash: 'FOLP7bR5ydhU',
      id: 'a-17',
      index: 0,
      text,
      fields: { text, title: 'Harbour frozen' },
      at: { file: 'articles.jsonl', line: 1 },
    },
    answer: {
      text: 'The harbour froze over for the first time in forty years, and nine ships had to wait.',
      finish: { unified: 'stop', raw: 'stop' },
      usage: { inputTokens: 412, outputTokens: 21 },
      model: 'my-model',
    },
    effort: {
      attempts: 1,
      latencyMs: 412.6,
      usage: { inputTokens: 412, outputTokens: 21 },
      costUsd: 0.000_074_4,
    },
  },
  {
    ok: false,
    record: {
      key: '8qaXO71MQ4fI5o65fhvyTR',
      contentHash: 'FOLP7bR5ydhU',
      id: 'a-18',
      index: 1,
      text,
      fields: { text, title: 'Council votes' },
      at: { file: 'articles.jsonl', line: 2 },
    },
    error: new ProviderError('server_error', '503: try again later', { status: 503 }),
    effort: { attempts: 6, latencyMs: 8120.2, usage: {} },
  },
];

describe('docs/output.md', () => {
  it.each<FormatName>(['jsonl', 'text', 'csv'])('shows in %s what is really written', async (name) => {
    const format = await loadFormat(name, KEEP);
    const rows = EXAMPLES.map((outcome) => format.encode(toRow(outcome, KEEP, MADE_BY)));
    expect(DOCS).toContain(`\`\`\`${name}\n${format.table?.header ?? ''}${rows.join('')}\`\`\`\n`);
  });
});
