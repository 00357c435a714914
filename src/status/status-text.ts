import { formatUsd } from '../core/money.ts';
import { formatNumber } from '../observe/format.ts';
import type { Status } from './status-schema.ts';

type Line = readonly [string, string];

/** The status for people: a name and its figures on each line, ending in a line feed. */
export function statusText(status: Status): string {
  const { records, rows, lines, first } = status;
  const told: readonly (Line | undefined)[] = [
    runLine(status),
    records.total === null ? undefined : ['records', formatNumber(records.total)],
    ['ok', formatNumber(records.ok) + (records.truncated > 0 ? `, ${truncated(records.truncated)}` : '')],
    ['failed', failed(status)],
    records.missing === null ? undefined : ['missing', counted(records.missing, first.missing.map(place))],
    records.stale === null ? undefined : ['stale', counted(records.stale, first.stale.map(place))],
    ifAny('unexpected', rows.unexpected ?? 0, first.unexpected, 'of no record in the input'),
    ifAny('duplicates', rows.duplicates, first.duplicates, 'of records that have a later row too'),
    ifAny('damaged', lines.damaged, first.damaged, 'that are no rows'),
    lines.foreign === null ? undefined : ['foreign', `line ${lines.foreign} is no result with a key`],
    endLine(status),
    ['tokens', tokens(status)],
    ['cost', cost(status)],
    ...status.made_by.map(madeBy),
    hintLine(status),
  ];
  return told
    .filter((line) => line !== undefined)
    .map(([name, figures]) => `${name.padEnd(10)} ${printable(figures)}\n`)
    .join('');
}

function runLine({ run }: Status): Line | undefined {
  if (run.state === 'none') return undefined;
  const who =
    run.pid === null ? 'it does not tell which' : `process ${run.pid} on ${run.host}, since ${run.since}`;
  return ['run', run.state === 'running' ? `is writing now: ${who}` : `was killed at its work: ${who}`];
}

function truncated(count: number): string {
  return `of which ${formatNumber(count)} cut off at the output limit`;
}

function failed({ records, failed_by_code }: Status): string {
  const codes = Object.entries(failed_by_code).map(([code, count]) => `${formatNumber(count)} ${code}`);
  return formatNumber(records.failed) + (codes.length === 0 ? '' : `: ${codes.join(', ')}`);
}

function counted(count: number, first: readonly string[]): string {
  if (count === 0) return '0';
  return `${formatNumber(count)}: ${first.join(', ')}${count > first.length ? ' …' : ''}`;
}

function place({ id, file, line }: Status['first']['missing'][number]): string {
  const at = `${file}:${line}`;
  return id === at ? at : `${at} (${id.length > 40 ? `${id.slice(0, 40)}…` : id})`;
}

function ifAny(name: string, count: number, first: readonly number[], meaning: string): Line | undefined {
  if (count === 0) return undefined;
  const lines = `${count === 1 ? 'line' : 'lines'} ${first.join(', ')}${count > first.length ? ' …' : ''}`;
  return [name, `${formatNumber(count)} ${meaning}: ${lines}`];
}

function endLine({ lines }: Status): Line | undefined {
  if (lines.end === 'torn') return ['end', 'torn: the last line is only the beginning of a row'];
  if (lines.end === 'cut') return ['end', 'cut: the compressed data break off'];
  return undefined;
}

function tokens({ tokens: { input, output, rows_unknown } }: Status): string {
  const told =
    input === null || output === null ? undefined : `${formatNumber(input)} in, ${formatNumber(output)} out`;
  return orUnknown(told, rows_unknown, 'tokens');
}

function cost({ cost: { usd, rows_unknown } }: Status): string {
  return orUnknown(usd === null ? undefined : formatUsd(usd), rows_unknown, 'cost');
}

/** `rows` are those that do not tell. */
function orUnknown(told: string | undefined, rows: number, what: string): string {
  if (rows === 0 && told !== undefined) return told;
  const lacking = `${formatNumber(rows)} ${rows === 1 ? 'row has' : 'rows have'} no known ${what}`;
  return told === undefined ? `unknown: ${lacking}` : `at least ${told}: ${lacking}`;
}

function madeBy({ name, rows, provider, model, url }: Status['made_by'][number]): Line {
  const who =
    provider === null
      ? `settings ${name}, of which nothing is known here`
      : [model, url].filter((part) => part !== null).join(' at ');
  return ['made by', `${who}: ${formatNumber(rows)} ${rows === 1 ? 'row' : 'rows'}`];
}

/** Only where it may be why something looks missing or stale. */
function hintLine({ records, rows, made_by }: Status): Line | undefined {
  if (rows.total > 0 && records.total !== null && records.missing === records.total) {
    return ['hint', 'no row is of this input: are --text-field, --id-field and --each those of the run?'];
  }
  if (!records.stale || made_by.every(({ provider }) => provider !== null)) return undefined;
  return ['hint', 'where the prompt uses other fields than the text, say which: --prompt or --prompt-file'];
}

/** Names and ids are the user's, or anyone's: nothing in them may move the cursor. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?');
}
