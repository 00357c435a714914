import { expect, test } from 'vitest';
import { startMock } from '../helpers/endpoint.ts';
import { run } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { okRows } from '../helpers/result-rows.ts';

const INPUT = Array.from({ length: 40 }, (_, n) => `text ${n}\n`).join('');
const SLOW = { latency: { kind: 'uniform', minMs: 40, maxMs: 40 } } as const;

test.concurrent.each([
  [['--concurrency', '0'], 'gistmill: --concurrency: "0" is too small; the least is 1'],
  [['--concurrency', '-1'], 'gistmill: --concurrency: "-1" is too small; the least is 1'],
  [
    ['--concurrency', 'abc'],
    'gistmill: --concurrency: "abc" is not a whole number or auto; write e.g. 8 or auto',
  ],
  [['--concurrency=4x'], 'gistmill: --concurrency: "4x" is not a whole number or auto; write e.g. 8 or auto'],
  [
    ['--concurrency', '1e3'],
    'gistmill: --concurrency: "1e3" is not a whole number or auto; write e.g. 8 or auto',
  ],
  [
    ['--concurrency', 'Infinity'],
    'gistmill: --concurrency: "Infinity" is not a whole number or auto; write e.g. 8 or auto',
  ],
  [['--concurrency', '8', '--concurrency', 'x'], 'gistmill: --concurrency: "x" is not a whole number'],
  [
    ['--timeout', '5 parsecs'],
    'gistmill: --timeout: "5 parsecs" is not a time; write e.g. 250ms, 90s or 1h30m',
  ],
  [['--max-failures', '101%'], 'gistmill: --max-failures: "101%" is neither'],
  [
    ['--format', 'jsnol'],
    'gistmill: --format: "jsnol" is not one of jsonl, text, csv, openai-batch\nhint: did you mean jsonl?',
  ],
  [['--model', '--rpm', '6'], 'gistmill: --model needs a value, but --rpm follows'],
  [['--api-key', 'sk-TEST-canary'], 'gistmill: a key is not taken from the command line'],
  [['--cocurrency', '8'], "gistmill: unknown option '--cocurrency' (did you mean --concurrency?)"],
])('%j is refused by name before any request', async (args, message) => {
  const { server, flags } = await startMock();
  const { stdout, stderr, exitCode } = await run(['-', ...flags, ...args], { input: INPUT });
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
  expect(stderr.startsWith(message), stderr).toBe(true);
  expect(stderr).not.toContain('canary');
  expect(server.stats().requests).toBe(0);
});

test.concurrent.each([
  ['a flag', ['-c', '3'], {}, 3],
  ['the last of two flags', ['-c', '9', '-c', '3'], {}, 3],
  ['a flag over a variable', ['-c', '3'], { GISTMILL_CONCURRENCY: 'broken' }, 3],
  ['a variable over the configuration file', [], { GISTMILL_CONCURRENCY: '5' }, 5],
  ['the environment over .env', [], { GISTMILL_CONCURRENCY: '5', GISTMILL_ENV_FILE: 'other.env' }, 5],
  ['.env over the configuration file', [], { GISTMILL_ENV_FILE: 'other.env' }, 2],
  ['an empty variable, which counts for nothing', [], { GISTMILL_CONCURRENCY: '' }, 4],
  ['a named configuration file', ['--config', 'other.yaml'], {}, 6],
  ['the configuration file that is there', [], {}, 4],
] as const)('the concurrency is that of %s', async (_name, args, env, concurrency) => {
  const { server, flags } = await startMock(SLOW);
  const { path } = await makeFolder({
    'gistmill.config.json': '{"concurrency": 4}',
    'other.yaml': 'concurrency: 6\n',
    'other.env': 'GISTMILL_CONCURRENCY=2\n',
  });
  const { stdout, exitCode } = await run(['-', ...args, ...flags], { input: INPUT, cwd: path, env });
  expect(okRows(stdout)).toHaveLength(40);
  expect({ exitCode, most: server.stats().maxInFlight }).toEqual({ exitCode: 0, most: concurrency });
});

test.concurrent('the whole endpoint can be configured in .env, the key in a file beside it', async () => {
  const { server } = await startMock({ key: 'sk-TEST-canary' });
  const { path } = await makeFolder({
    '.env': `\ufeffGISTMILL_BASE_URL=${server.url}/v1\nGISTMILL_MODEL="m"\n# a comment\nGISTMILL_API_KEY_FILE=key.txt\n`,
    'key.txt': '  sk-TEST-canary\r\n',
  });
  const { stdout, stderr, exitCode } = await run(['-'], { input: 'one\n', cwd: path });
  expect(okRows(stdout)).toHaveLength(1);
  expect(exitCode).toBe(0);
  expect(stdout + stderr).not.toContain('canary');
});

test.concurrent.each([
  [
    'an unknown key',
    { 'gistmill.config.json': '{"concurency": 4}' },
    {},
    /unknown option "concurency" \(did you mean concurrency\?\)/,
  ],
  [
    'a text for a number',
    { 'gistmill.config.json': '{"rpm": true}' },
    {},
    /gistmill\.config\.json, rpm: true is not a number/,
  ],
  ['broken JSON', { 'gistmill.config.json': '{' }, {}, /gistmill\.config\.json is not valid JSON/],
  ['two files', { 'gistmill.config.json': '{}', 'gistmill.config.yaml': '' }, {}, /which one counts\?/],
  [
    'an unknown variable',
    {},
    { GISTMILL_CONCURENCY: '4' },
    /GISTMILL_CONCURENCY.*did you mean GISTMILL_CONCURRENCY/,
  ],
  [
    'an unknown variable in .env',
    { '.env': 'GISTMILL_RMP=1' },
    {},
    /GISTMILL_RMP in \.env.*did you mean GISTMILL_RPM/,
  ],
  [
    'a variable of the wrong kind',
    {},
    { GISTMILL_CONCURRENCY: '4x' },
    /GISTMILL_CONCURRENCY: "4x" is not a whole number/,
  ],
  ['a missing .env', {}, { GISTMILL_ENV_FILE: 'no.env' }, /environment file no\.env cannot be read/],
] as const)('a configuration with %s is refused', async (_name, files, env, message) => {
  const { path } = await makeFolder(files);
  const { stdout, stderr, exitCode } = await run(['-'], { input: 'one\n', cwd: path, env });
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
  expect(stderr).toMatch(message);
});

test.concurrent('a flag can be taken back', async () => {
  const { path } = await makeFolder({ 'gistmill.config.json': '{"quiet": true}' });
  const [hushed, told] = await Promise.all(
    [[], ['--no-quiet']].map((extra) => run(['-', ...extra], { input: 'one\n', cwd: path })),
  );
  expect(hushed?.stderr).toBe('');
  expect(told?.stderr).toMatch(/^ok +1$/m);
});
