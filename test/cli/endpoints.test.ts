import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answer, startMock, startScripted } from '../helpers/endpoint.ts';
import { run, start } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { okRows, sortedRows } from '../helpers/result-rows.ts';

const texts = (count: number): string =>
  Array.from({ length: count }, (_, n) => `This is text ${n}.\n`).join('');
const COMMON = ['--model', 'm', '--prompt', '{{text}}'];
const REFUSED = {
  status: 400,
  body: {
    error: { message: 'The response was filtered', code: 'content_filter', type: 'invalid_request_error' },
  },
};
const WRONG_KEY = {
  status: 401,
  body: { error: { message: 'Incorrect API key provided', code: 'invalid_api_key' } },
};

/** What followed `--endpoint` for a server, with more keys. */
const at = ({ url }: { readonly url: string }, more: string): string[] => [
  '--endpoint',
  `base-url=${url}/v1,${more}`,
];

test.concurrent('two endpoints are each filled to their own limit, and rows and summary say who answered', async () => {
  const [a, b] = [await startMock({ rpm: 300 }), await startMock({ rpm: 900 })];
  const { path } = await makeFolder({ 'in.txt': texts(60) });
  const flags = [
    ...at(a.server, 'name=a,rpm=300,weight=1'),
    ...at(b.server, 'name=b,rpm=900,weight=3,price-in=1,price-out=2'),
  ];
  const args = ['in.txt', ...COMMON, ...flags, '-o', 'out.jsonl', '--summary-json', 'summary.json'];
  const { exitCode, stderr } = await run(args, { cwd: path });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  const [ofA, ofB] = [a.server.stats(), b.server.stats()];
  expect([ofA.rateLimited, ofB.rateLimited]).toEqual([0, 0]);
  expect(ofA.ok + ofB.ok).toBe(60);
  // As their limits are: one to three.
  expect(ofA.ok).toBeGreaterThan(9);
  expect(ofA.ok).toBeLessThan(21);
  const rows = okRows(readFileSync(join(path, 'out.jsonl'), 'utf8'));
  expect(rows.filter(({ endpoint }) => endpoint === 'a').length).toBe(ofA.ok);
  expect(rows.filter(({ endpoint }) => endpoint === 'b').length).toBe(ofB.ok);
  expect(rows.every(({ endpoint, cost_usd }) => (cost_usd === undefined) === (endpoint === 'a'))).toBe(true);
  expect(stderr).toMatch(
    /endpoints {2}a: \d+ requests, \d+ answered, [\d,]+ tokens in, [\d,]+ out\n {11}b: .*\$/,
  );
  const summary = JSON.parse(readFileSync(join(path, 'summary.json'), 'utf8'));
  expect(summary.endpoints).toMatchObject({
    a: {
      requests: ofA.ok,
      ok: ofA.ok,
      rate_limited: 0,
      cost: { usd: null, known: 'unknown' },
      state: 'well',
    },
    b: { requests: ofB.ok, ok: ofB.ok, cost: { known: 'exactly' } },
  });
});

test.concurrent('one that is killed loses no record, and the rest goes to the other', async () => {
  const { path } = await makeFolder({ 'in.txt': texts(150) });
  const mock = start(['mock', '--port', '0', '--latency', '20'], { cwd: path });
  const [, url = ''] = await mock.stderrMatch(/(http:\/\/127\.0\.0\.1:\d+)/);
  const other = await startMock({ latency: { kind: 'uniform', minMs: 20, maxMs: 20 } });
  const flags = [...at({ url }, 'name=a,concurrency=4'), ...at(other.server, 'name=b,concurrency=2')];
  const going = start(['in.txt', ...COMMON, ...flags, '-o', 'out.jsonl'], { cwd: path });
  const out = join(path, 'out.jsonl');
  await going.until(() => existsSync(out) && readFileSync(out, 'utf8').includes('"endpoint":"a"'));
  mock.child.kill('SIGKILL');
  await mock.ended;
  const { exitCode, stderr } = await going.ended;
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  const rows = okRows(readFileSync(join(path, 'out.jsonl'), 'utf8'));
  expect(rows).toHaveLength(150);
  expect(new Set(rows.map(({ endpoint }) => endpoint))).toEqual(new Set(['a', 'b']));
});

test.concurrent('one whose key is wrong is told of and left out; with all of them wrong the run stops', async () => {
  const bad = await startScripted(() => WRONG_KEY);
  const good = await startMock();
  const { path } = await makeFolder({ 'in.txt': texts(20) });
  const flags = [...at(bad.server, 'name=bad'), ...at(good.server, 'name=good')];
  const first = await run(['in.txt', ...COMMON, ...flags], { cwd: path });
  expect(first.exitCode).toBe(0);
  expect(okRows(first.stdout)).toHaveLength(20);
  expect(
    first.stderr.match(/endpoint bad: .*; it is out for the rest of this run, 1 other goes on/g),
  ).toHaveLength(1);
  expect(first.stderr).toMatch(/bad: .*, out\n/);
  const both = [...at(bad.server, 'name=x'), ...at(bad.server, 'name=y')];
  const second = await run(['in.txt', ...COMMON, ...both], { cwd: path });
  expect(second.exitCode).toBe(3);
  expect(second.stdout).toBe('');
  expect(second.stderr).toMatch(/stopped {4}endpoint [xy]: .*\(wrong_key\)/);
});

test.concurrent('--fallback-model answers what the first refuses, under its own name, and is kept apart', async () => {
  const picky = await startScripted((text) => (text.includes('text 3') ? REFUSED : answer(`of ${text}`)));
  const spare = await startScripted((text) => answer(`spare of ${text}`));
  const { path } = await makeFolder({ 'in.txt': texts(5) });
  const flags = [
    ...at(picky.server, 'name=main'),
    ...at(spare.server, 'name=spare,model=other,fallback=yes'),
  ];
  const args = ['in.txt', ...COMMON, ...flags, '-o', 'out.jsonl', '--cache', 'cache'];
  const { exitCode, stderr } = await run(args, { cwd: path });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  const rows = okRows(readFileSync(join(path, 'out.jsonl'), 'utf8'));
  expect(rows.map(({ endpoint }) => endpoint)).toEqual(['main', 'main', 'main', 'spare', 'main']);
  expect(spare.server.requests.map(({ body }) => JSON.parse(body).model)).toEqual(['other']);
  // Without the fallback, its answer is not taken for one of the first.
  const alone = await run(['in.txt', ...COMMON, ...at(picky.server, 'name=main'), '--cache', 'cache'], {
    cwd: path,
  });
  expect(sortedRows(alone.stdout).map((row) => row.status)).toEqual(['ok', 'ok', 'ok', 'error', 'ok']);
});

test.concurrent('one more endpoint with the same model, other limits and a fallback leave results as they are', async () => {
  const [a, b] = [await startMock(), await startMock()];
  const { path } = await makeFolder({ 'in.txt': texts(4) });
  const again = (...flags: string[]) =>
    run(['in.txt', ...COMMON, ...flags, '-o', 'out.jsonl'], { cwd: path });
  const first = ['--base-url', `${a.server.url}/v1`];
  expect((await again(...first)).exitCode).toBe(0);
  const more = await again(...at(a.server, 'rpm=500'), ...at(b.server, 'weight=3'), '--fallback-model', 'x');
  expect({ ...more, stdout: '' }).toMatchObject({ exitCode: 0 });
  expect(a.server.stats().requests + b.server.stats().requests).toBe(4);
  const other = await again(...at(a.server, 'name=a'), ...at(b.server, 'model=better'));
  expect(other.exitCode).toBe(2);
  expect(other.stderr).toContain('also: none → ["openai/better"]');
});

test.concurrent('limits by the day of each endpoint count over runs', async () => {
  const [a, b] = [await startMock(), await startMock()];
  const { path } = await makeFolder({ 'in.txt': texts(12) });
  const flags = [...at(a.server, 'name=a,rpd=3'), ...at(b.server, 'name=b,rpd=4')];
  const again = () => run(['in.txt', ...COMMON, ...flags, '-o', 'out.jsonl'], { cwd: path });
  const first = await again();
  expect(first.exitCode).toBe(4);
  expect(first.stderr).toMatch(/stopped {4}endpoint [ab]: --rpd \d is used up/);
  expect((await again()).exitCode).toBe(4);
  expect([a.server.stats().requests, b.server.stats().requests]).toEqual([3, 4]);
});

test.concurrent('endpoints stand in the configuration file, and in a variable', async () => {
  const [a, b] = [await startMock(), await startMock()];
  const config = `model: m\nprompt: "{{text}}"\nendpoints:\n  - {name: a, baseUrl: "${a.server.url}/v1", concurrency: 2}\n  - {name: b, base-url: "${b.server.url}/v1", key-env: KEY_B}\n`;
  const { path } = await makeFolder({ 'in.txt': texts(30), 'gistmill.config.yaml': config });
  const fromFile = await run(['in.txt'], { cwd: path, env: { KEY_B: 'b' } });
  expect(fromFile).toMatchObject({ exitCode: 0 });
  expect(new Set(okRows(fromFile.stdout).map(({ endpoint }) => endpoint))).toEqual(new Set(['a', 'b']));
  const variable = `name=c,base-url=${a.server.url}/v1;name=d,base-url=${b.server.url}/v1`;
  const fromVariable = await run(['in.txt'], { cwd: path, env: { GISTMILL_ENDPOINT: variable } });
  expect(new Set(okRows(fromVariable.stdout).map(({ endpoint }) => endpoint))).toEqual(new Set(['c', 'd']));
});

test.concurrent.each<[string[], RegExp]>([
  [
    ['--endpoint', 'model=a', '--endpoint', 'model=b,rpm=x'],
    /^gistmill: --endpoint 2, rpm: "x" is not a number; write e\.g\. 600\n$/,
  ],
  [
    [
      '--endpoint',
      'name=a,base-url=http://h/v1',
      '--endpoint',
      'name=b,base-url=http://h/v1',
      '--max-cost',
      '5',
      '-m',
      'm',
    ],
    /endpoint a: --max-cost needs --price-in and --price-out too: the price of m there is unknown/,
  ],
])('%j is refused in one line', async (args, message) => {
  const { exitCode, stderr } = await run(['-', ...args].slice(args[0] === 'doctor' ? 1 : 0), {
    input: 'text\n',
  });
  expect(exitCode).toBe(2);
  expect(stderr.replace(/^hint: .*\n/m, '')).toMatch(message);
});

test.concurrent('an estimate plays all of them through', async () => {
  const { path } = await makeFolder({ 'in.txt': texts(600) });
  const rates = async (...flags: string[]) => {
    const { stdout } = await run(['estimate', 'in.txt', '-m', 'm', '--json', ...flags], { cwd: path });
    return JSON.parse(stdout);
  };
  const [slow, fast] = [
    'base-url=http://h/v1,name=a,rpm=60,price-in=1,price-out=1',
    'base-url=http://i/v1,name=b,rpm=240,price-in=3,price-out=3',
  ];
  const both = await rates('--endpoint', slow, '--endpoint', fast);
  const one = await rates('--endpoint', fast);
  expect(both.seconds / one.seconds).toBeCloseTo(240 / 300, 1);
  // A fifth goes to the cheaper one: (1 × 1 + 4 × 3) / 5 instead of 3.
  expect(both.cost_usd.expected / one.cost_usd.expected).toBeCloseTo(2.6 / 3, 1);
});
