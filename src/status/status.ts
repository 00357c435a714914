import type { Source } from '../core/record.ts';
import type { OwnProcess } from '../journal/holder.ts';
import { type LockState, lookAtLock } from '../journal/lock.ts';
import { readManifest } from '../journal/manifest.ts';
import { pathsOf } from '../journal/paths.ts';
import { type Counts, compare, countRows } from './compare.ts';
import { FirstFew } from './first-few.ts';
import { isFree, type Maker, makerJson, openMakers } from './makers.ts';
import { type Results, readResults } from './read-results.ts';
import type { Status } from './status-schema.ts';

export interface StatusParts {
  /** Of the file of results, behind all symbolic links. */
  readonly path: string;
  /** As the user knows it. */
  readonly name: string;
  readonly ownProcess: OwnProcess;
  readonly source: Source | undefined;
  /** Fields, the text aside, that requests use; for rows of which nothing else tells it. */
  readonly otherFields: readonly string[];
}

/**
 * What a file of results tells of its job, and how it agrees with the input. Only reads. Throws `input_not_readable`
 * and `usage` where the file cannot be read or holds something else.
 */
export async function readStatus(parts: StatusParts): Promise<Status> {
  const { path, name, source } = parts;
  const run = runOf(lookAtLock(path, parts.ownProcess));
  const manifest = await readManifest(pathsOf(path).manifest);
  const results = await readResults(path, name, manifest);
  const makers = await openMakers(results.makers, manifest, parts.otherFields);
  const counts = source === undefined ? countRows(results) : await compare(source, results, makers);
  const told = {
    run,
    ...countsOf(counts, results, source !== undefined),
    ...spentOf(results, makers),
    made_by: madeBy(results, makers),
  };
  return { file: name, done: isDone(told, source !== undefined), ...told };
}

function runOf(lock: LockState | undefined): Status['run'] {
  const { pid = null, host = null, since = null } = lock?.holder ?? {};
  const state = lock === undefined ? 'none' : lock.isGone ? 'died' : 'running';
  return { state, pid, host, since };
}

type CountsJson = Pick<Status, 'records' | 'failed_by_code' | 'rows' | 'lines' | 'first'>;

function countsOf(counts: Counts, results: Results, hasInput: boolean): CountsJson {
  const { missing, stale, unexpected } = counts;
  const { damaged, foreignLine, tail, isCut } = results;
  const duplicates = duplicatesOf(results);
  const ofInput = (value: number): number | null => (hasInput ? value : null);
  const damagedFew = new FirstFew<number>();
  for (const { line } of damaged) damagedFew.add(line);
  return {
    records: {
      ...{ total: ofInput(counts.total), ok: counts.ok, failed: counts.failed },
      ...{ missing: ofInput(missing.count), stale: ofInput(stale.count), truncated: counts.truncated },
    },
    failed_by_code: Object.fromEntries([...counts.failedByCode].sort(([, a], [, b]) => b - a)),
    rows: {
      total: results.rows.size,
      unexpected: ofInput(unexpected.count),
      duplicates: duplicates.count,
    },
    lines: { damaged: damaged.length, foreign: foreignLine ?? null, end: isCut ? 'cut' : tail },
    first: {
      ...{ missing: missing.first, stale: stale.first, unexpected: unexpected.first },
      ...{ duplicates: duplicates.first, damaged: damagedFew.first },
    },
  };
}

function duplicatesOf({ rows, facts }: Results): FirstFew<number> {
  const found = new FirstFew<number>();
  for (let row = 0; row < rows.size; row++) if (rows.isDropped(row)) found.add(facts.line(row));
  return found;
}

/** Of all rows, replaced ones too: they were paid for. What is known of a part of them only is the least. */
function spentOf({ rows, facts, spent }: Results, makers: readonly Maker[]): Pick<Status, 'tokens' | 'cost'> {
  const free = makers.map(isFree);
  let [tokensUnknown, costUnknown] = [0, 0];
  for (let row = 0; row < rows.size; row++) {
    if (free[rows.maker(row)] === true) continue;
    if (facts.lacksTokens(row)) tokensUnknown += 1;
    if (facts.lacksCost(row)) costUnknown += 1;
  }
  const areTokensKnown = tokensUnknown === 0 || spent.inputTokens + spent.outputTokens > 0;
  const isCostKnown = costUnknown === 0 || spent.costUsd > 0;
  return {
    tokens: {
      input: areTokensKnown ? spent.inputTokens : null,
      output: areTokensKnown ? spent.outputTokens : null,
      rows_unknown: tokensUnknown,
    },
    cost: { usd: isCostKnown ? spent.costUsd : null, rows_unknown: costUnknown },
  };
}

function madeBy({ rows }: Results, makers: readonly Maker[]): Status['made_by'] {
  const counts = makers.map(() => 0);
  for (let row = 0; row < rows.size; row++) {
    const maker = rows.maker(row);
    if (!rows.isDropped(row)) counts[maker] = (counts[maker] ?? 0) + 1;
  }
  return makers.map((maker, number) => makerJson(maker, counts[number] ?? 0)).filter(({ rows }) => rows > 0);
}

/** Without an input, a run that was killed is the only sign that something is missing. */
function isDone(
  { run, records, rows, lines }: Pick<Status, 'run' | 'records' | 'rows' | 'lines'>,
  hasInput: boolean,
): boolean {
  const isLeft = run.state === 'running' || (run.state === 'died' && !hasInput);
  const isWhole =
    lines.damaged === 0 && lines.foreign === null && lines.end !== 'torn' && lines.end !== 'cut';
  const open = records.failed + (records.missing ?? 0) + (records.stale ?? 0) + rows.duplicates;
  return !isLeft && isWhole && open === 0;
}
