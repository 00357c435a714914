import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { checkRows } from '../../bench/soak/check-rows.ts';
import { expectedRows } from '../../bench/soak/expected.ts';
import { readOptions } from '../../bench/soak/options.ts';
import { runSoak } from '../../bench/soak/run-soak.ts';
import { summariseText } from '../../src/provider/local/summarise-text.ts';
import { makeFolder } from '../helpers/folder.ts';

const RECORDS = 240;
const KILLS = 3;
const SHORT = [
  '--records',
  `${RECORDS}`,
  '--kills',
  `${KILLS}`,
  '--kill-every',
  '300ms',
  '--concurrency',
  '8',
];

/** What a checker that is worth its name has to see. */
const DAMAGES: readonly (readonly [string, (lines: string[]) => string[], object])[] = [
  ['nothing', (lines) => lines, { rows: RECORDS, losses: 0, doubles: 0, strays: 0, malformed: 0 }],
  ['a row is missing', (lines) => lines.slice(1), { losses: 1, strays: 0 }],
  ['a row stands there twice', (lines) => [...lines, lines[0] ?? ''], { doubles: 1, sharedKeys: 1 }],
  ['a line is torn', ([first = '', ...lines]) => [first.slice(0, -9), ...lines], { malformed: 1, losses: 1 }],
  ['a blank line', (lines) => ['', ...lines], { malformed: 1, losses: 0 }],
  ['a summary is another one', swapped('summary'), { strays: 2, losses: 2 }],
  ['an id is another one', swapped('input'), { strays: 2, losses: 2 }],
  ['a text is another one', swapped('content'), { strays: 2, losses: 2 }],
  [
    'a number as id becomes text',
    (lines) => lines.map((line) => line.replace(/"input":\{"id":(\d+)\}/, '"input":{"id":"$1"}')),
    { strays: expect.any(Number), losses: expect.any(Number) },
  ],
];

/** Two rows of ids, summaries and texts that differ exchange one of these. */
function swapped(name: string) {
  return (lines: string[]): string[] => {
    const rows = lines.map((line) => JSON.parse(line));
    const [one, other] = rows.filter(({ id }) => /^r\d+$/.test(id));
    [one[name], other[name]] = [other[name], one[name]];
    return rows.map((row) => JSON.stringify(row));
  };
}

test.concurrent('a soak of a job that is killed again and again finds nothing lost and nothing doubled', async () => {
  const { path } = await makeFolder();
  const figures = await runSoak(readOptions([...SHORT, '--latency', '10-30']).options, path);
  expect(figures).toMatchObject({ breaches: [], rows: RECORDS, inputChanges: 3 });
  expect(Object.values(figures.kills).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(1);

  const output = join(path, 'results/out.jsonl');
  const lines = readFileSync(output, 'utf8').trimEnd().split('\n');
  for (const [name, damage, found] of DAMAGES) {
    writeFileSync(output, `${damage([...lines]).join('\n')}\n`);
    const expected = await expectedRows(RECORDS, async (text) => summariseText(text));
    expect(await checkRows(output, expected), name).toMatchObject(found);
  }
  const expected = await expectedRows(RECORDS, async (text) => summariseText(text));
  writeFileSync(output, lines.join('\n'));
  expect(await checkRows(output, expected), 'no line end').toMatchObject({ malformed: 1, losses: 1 });
}, 240_000);

test.concurrent('killed while it writes a compressed file, which is put in order at the end, a job loses nothing either', async () => {
  const { path } = await makeFolder();
  const args = ['--records', '120', '--kills', '2', '--kill-every', '200ms', '--concurrency', '4'];
  const more = ['--latency', '5-20', '--seed', '3', '--output', 'out.jsonl.gz', '--', '--ordered'];
  const figures = await runSoak(readOptions([...args, ...more]).options, path);
  expect(figures).toMatchObject({ breaches: [], rows: 120, misplaced: 0 });
}, 240_000);

test.concurrent('a soak that finds something ends with 1', async () => {
  const { path } = await makeFolder();
  const script = ['node_modules/tsx/dist/cli.mjs', 'bench/soak.ts', '--records', '30', '--kills', '0'];
  const args = [...script, '--json', '--', '--split-by', 'status'];
  const ended = promisify(execFile)(process.execPath, args, { env: { ...process.env, TMPDIR: path } });
  const { code, stdout } = await ended.then(
    () => ({ code: 0, stdout: '' }),
    (error) => error,
  );
  expect(code).toBe(1);
  expect(JSON.parse(stdout).breaches).toEqual([expect.stringMatching(/^left over: .*out\.ok\.jsonl/)]);
});
