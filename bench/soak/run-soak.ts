import { mkdir, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { checkRows, type RowFigures } from './check-rows.ts';
import { expectedRows } from './expected.ts';
import { GrowingInput } from './growing-input.ts';
import { type MockProcess, startMockProcess } from './mock-process.ts';
import { oneRun, type RunEnd } from './one-run.ts';
import type { SoakOptions } from './options.ts';
import { seeded } from './random.ts';

export interface SoakFigures extends RowFigures {
  readonly records: number;
  readonly runs: number;
  /** By the signal that was sent. */
  readonly kills: Readonly<Record<string, number>>;
  /** Runs that ended by themselves with records that had failed. */
  readonly failedRuns: number;
  /** Times that lines were added to the input and all were put in another order. */
  readonly inputChanges: number;
  /** Different requests, and answers that were made to them. */
  readonly requests: number;
  readonly paid: number;
  readonly paidTwice: number;
  readonly paidAgainAfterKill: number;
  readonly paidAgainAfterFault: number;
  /** Most requests that were in flight at the kills, together. */
  readonly mayBePaidTwice: number;
  readonly wallMs: number;
  readonly peakMb: number;
  /** What is not as it should be; a soak that went well has none. */
  readonly breaches: readonly string[];
}

const ENDS: Readonly<Record<string, number>> = { SIGTERM: 143, SIGINT: 130 };
/** So many runs in a row without a new row, and it will not come to an end. */
const MOST_IDLE_RUNS = 20;
const QUIET = ['--quiet', '--timeout', '3s', '--grace', '500ms', '--model', 'soak', '--prompt', '{{text}}'];

/** Runs a job under kills to its end in this folder, and checks what came out. Rejects where it cannot be run at all. */
export async function runSoak(options: SoakOptions, folder: string): Promise<SoakFigures> {
  const mock = await startMockProcess(options.bin, options.mock);
  try {
    return await new Soak(options, folder, mock).run();
  } finally {
    await mock.close();
  }
}

class Soak {
  readonly #options: SoakOptions;
  readonly #folder: string;
  readonly #mock: MockProcess;
  readonly #output: string;
  readonly #file: string;
  readonly #input: GrowingInput;
  readonly #random: () => number;
  readonly #kills: Record<string, number> = {};
  readonly #breaches: string[] = [];
  #runs = 0;
  #failedRuns = 0;
  #peakMb = 0;

  constructor(options: SoakOptions, folder: string, mock: MockProcess) {
    this.#options = options;
    this.#folder = join(folder, 'results');
    this.#mock = mock;
    this.#output = join(this.#folder, options.output);
    this.#random = seeded(options.seed);
    this.#file = join(folder, 'in.jsonl');
    this.#input = new GrowingInput(this.#file, options.records, this.#random);
  }

  async run(): Promise<SoakFigures> {
    const { records, concurrency } = this.#options;
    await mkdir(this.#folder);
    await this.#input.begin();
    const startedAt = performance.now();
    await this.#runToTheEnd();
    const wallMs = performance.now() - startedAt;
    const stats = await this.#mock.stats();
    const { distinctPrompts: requests, paid, paidTwice } = stats;
    const { paidAgainAfterAbandon: paidAgainAfterKill, paidAgainAfterFault } = stats;
    const rows = await this.#checkRows();
    await this.#checkFolder();
    const figures = {
      ...{ records, ...rows, runs: this.#runs, kills: this.#kills, failedRuns: this.#failedRuns },
      ...{ inputChanges: this.#input.changes, requests, paid, paidTwice, paidAgainAfterKill },
      ...{ paidAgainAfterFault, wallMs, peakMb: this.#peakMb },
      mayBePaidTwice: this.#killed() * concurrency,
    };
    this.#breaches.push(...breachesOf(figures, this.#options));
    return { ...figures, breaches: this.#breaches };
  }

  async #runToTheEnd(): Promise<void> {
    const { concurrency, flags } = this.#options;
    const args = [this.#file, '-o', this.#output, '--base-url', this.#mock.url, '-c', String(concurrency)];
    let idle = 0;
    let answered = 0;
    while (this.#breaches.length === 0) {
      const end = await this.#runOnce([...args, ...QUIET, '--keep', 'id', ...flags]);
      const { ok, distinctPrompts } = await this.#mock.stats();
      if (end.exitCode === 0 && this.#input.isWhole) return;
      await this.#input.grow(end.exitCode === 0 ? 1 : distinctPrompts / this.#options.records);
      idle = ok > answered ? 0 : idle + 1;
      answered = ok;
      if (idle > MOST_IDLE_RUNS) this.#breaches.push(`${idle} runs in a row came to nothing`);
    }
  }

  async #runOnce(args: readonly string[]): Promise<RunEnd> {
    const { bin, killEveryMs, kills } = this.#options;
    const end = await oneRun({
      ...{ bin, args, output: this.#output, random: this.#random },
      killEveryMs: this.#killed() < kills ? killEveryMs : undefined,
    });
    const { killedBy, exitCode, stderr, peakMb } = end;
    this.#runs += 1;
    this.#peakMb = Math.max(this.#peakMb, peakMb);
    if (killedBy !== undefined) this.#kills[killedBy] = (this.#kills[killedBy] ?? 0) + 1;
    if (exitCode === 1) this.#failedRuns += 1;
    // Until it listens for signals, each of them ends it at once.
    const isKilled = killedBy !== undefined && (exitCode === null || exitCode === ENDS[killedBy]);
    if (exitCode !== 0 && exitCode !== 1 && !isKilled) {
      const how = killedBy === undefined ? 'by itself' : `after ${killedBy}`;
      this.#breaches.push(`run ${this.#runs} ended ${how} with ${exitCode}: ${stderr.slice(-2000)}`);
    }
    return end;
  }

  #killed(): number {
    return Object.values(this.#kills).reduce((sum, count) => sum + count, 0);
  }

  /** The summaries of long texts come from a mock of their own, without faults. */
  async #checkRows(): Promise<RowFigures> {
    const clean = await startMockProcess(this.#options.bin, []);
    try {
      const { records, flags } = this.#options;
      const expected = await expectedRows(records, clean.ask);
      return await checkRows(this.#output, expected, flags.includes('--ordered') ? this.#file : undefined);
    } finally {
      await clean.close();
    }
  }

  /** Nothing but the results and their sidecar may be left. */
  async #checkFolder(): Promise<void> {
    const name = basename(this.#output);
    const others = (await readdir(this.#folder)).filter(
      (file) => file !== name && file !== `${name}.gistmill`,
    );
    if (others.length > 0) this.#breaches.push(`left over: ${others.join(', ')}`);
  }
}

type Figures = Omit<SoakFigures, 'breaches'>;

function breachesOf(figures: Figures, { records }: SoakOptions): string[] {
  const { rows, paidTwice, mayBePaidTwice, inputChanges } = figures;
  const breaches: string[] = [];
  if (rows !== records) breaches.push(`${rows} rows for ${records} records`);
  const names = ['doubles', 'losses', 'strays', 'malformed', 'sharedKeys', 'misplaced'] as const;
  for (const name of names) {
    if (figures[name] > 0) breaches.push(`${name}: ${figures[name]}`);
  }
  if (paidTwice > mayBePaidTwice) {
    breaches.push(`${paidTwice} requests paid twice, with ${mayBePaidTwice} in flight at the kills`);
  }
  if (inputChanges === 0) breaches.push('the input was never changed');
  return breaches;
}
