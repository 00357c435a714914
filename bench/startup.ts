import { GISTMILL, measure } from './processes.ts';
import { type Finding, median } from './report.ts';

/** Time of `gistmill --help` against that of node doing nothing, run in turn. */
export async function startup(_directory: string, runs = 21): Promise<Finding[]> {
  const bare: number[] = [];
  const help: number[] = [];
  for (let round = 0; round < runs; round++) {
    bare.push((await measure(['-e', '0'])).wallMs);
    help.push((await measure([GISTMILL, '--help'])).wallMs);
  }
  const ratio = median(help) / median(bare);
  return [
    {
      name: 'gistmill --help',
      value: `${ratio.toFixed(2)} × node -e 0 (${median(help).toFixed(0)} ms against ${median(bare).toFixed(0)} ms)`,
      aim: '≤ 1.6 ×',
    },
  ];
}
