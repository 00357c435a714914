import type { SoakFigures } from './run-soak.ts';

/** The figures in words, one a line. */
export function figuresText(figures: SoakFigures): string {
  const { records, kills, paid, requests, paidTwice, paidAgainAfterFault, breaches } = figures;
  const killed = Object.entries(kills).map(([signal, count]) => `${count} × ${signal}`);
  const share = (of: number): string => (paid / of).toFixed(4);
  const lines = [
    ['records', `${records}`],
    ['restarts', `${figures.runs - 1}, after ${killed.join(', ') || 'no kill'}`],
    ['runs with failed records', `${figures.failedRuns}`],
    ['input changed between runs', `${figures.inputChanges} times`],
    ['rows', `${figures.rows}`],
    ['doubles, losses, strays', `${figures.doubles}, ${figures.losses}, ${figures.strays}`],
    ['lines that are no rows', `${figures.malformed}`],
    ['paid twice', `${paidTwice} (at most ${figures.mayBePaidTwice} were in flight at the kills)`],
    ['paid again after a kill', `${figures.paidAgainAfterKill} that did not arrive`],
    ['paid again after a fault', `${paidAgainAfterFault}`],
    ['passes', `${share(records)} a record, ${share(requests)} of ${requests} different requests`],
    ['passes without faults', `${((paid - paidAgainAfterFault) / requests).toFixed(4)}`],
    ['wall time', `${(figures.wallMs / 1000).toFixed(1)} s`],
    ['peak memory', `${figures.peakMb.toFixed(0)} MB`],
    ['verdict', breaches.length === 0 ? 'nothing lost, nothing doubled' : 'BROKEN'],
  ];
  const width = Math.max(...lines.map(([name = '']) => name.length));
  const table = lines.map(([name = '', value]) => `${name.padEnd(width)}  ${value}\n`);
  return table.join('') + breaches.map((breach) => `- ${breach}\n`).join('');
}
