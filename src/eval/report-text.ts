import type { ReportJson } from './report.ts';
import type { Score } from './rouge.ts';

/** The report as a table for people. */
export function reportText(report: ReportJson): string {
  const { summaries, failed, unreadable, without_record: strays, words, rouge, text } = report;
  const lines = [
    line(
      'summaries',
      `${summaries}${note({ failed, 'unreadable lines': unreadable, 'without a record': strays })}`,
    ),
    line('words', `${words.mean.toFixed(1)} a summary`),
  ];
  if (text !== undefined) {
    lines.push(
      line('compression', `${text.compression.toFixed(1)} words of text for each of the summary`),
      line(
        'coverage',
        `${percent(text.coverage)} of the words are copied from the text, in runs of ${runs(text)}`,
      ),
    );
  }
  if (rouge !== undefined) {
    const missing = note({ 'without a reference': rouge.missing });
    lines.push(line('references', `${rouge.references}${missing}`));
    if (rouge.rouge1 !== undefined) lines.push('', ...table(rouge as Required<typeof rouge>));
  }
  return `${lines.join('\n')}\n`;
}

function table(rouge: { readonly rouge1: Score; readonly rouge2: Score; readonly rougeL: Score }): string[] {
  const row = (name: string, { precision, recall, f }: Score): string =>
    `${name.padEnd(14)}${[f, precision, recall].map((value) => value.toFixed(4).padStart(10)).join('')}`;
  return [
    `${''.padEnd(14)}${['F1', 'precision', 'recall'].map((head) => head.padStart(10)).join('')}`,
    row('ROUGE-1', rouge.rouge1),
    row('ROUGE-2', rouge.rouge2),
    row('ROUGE-L', rouge.rougeL),
  ];
}

function line(name: string, value: string): string {
  return `${name.padEnd(14)}${value}`;
}

function note(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).flatMap(([name, count]) => (count > 0 ? [`${count} ${name}`] : []));
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

/** Density over coverage: the mean length of the runs that copied words stand in. */
function runs({ coverage, density }: { readonly coverage: number; readonly density: number }): string {
  return coverage === 0 ? '0' : (density / coverage).toFixed(1);
}
