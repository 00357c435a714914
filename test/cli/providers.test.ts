import { expect, test } from 'vitest';
import { run } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { startScriptedServer } from '../helpers/scripted-server.ts';

const ANSWER = { body: { choices: [{ message: { content: 'short' }, finish_reason: 'stop' }] } };
const texts = Array.from({ length: 40 }, (_, i) => `Text ${i} is about a river.`).join('\n');

test('a provider of one’s own, from a file, fills an output that a second run keeps', async () => {
  const { path, read } = await makeFolder({
    'own.mjs': `export default ({ model }) => ({
      name: 'mine',
      attempt: async ({ document }) => ({ text: \`\${model}: \${document.text.slice(0, 7)}\` }),
    });`,
  });
  const args = ['-', '--provider', './own.mjs', '--model', 'v1', '-o', 'out.jsonl'];
  const first = await run(args, { cwd: path, input: texts });
  expect(first.exitCode).toBe(0);
  const rows = read('out.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows).toHaveLength(40);
  expect(rows.find(({ index }) => index === 3)).toMatchObject({ status: 'ok', summary: 'v1: Text 3 ' });
  const again = await run(args, { cwd: path, input: texts });
  expect(again.exitCode).toBe(0);
  expect(again.stderr).toContain('reused     40');
});

test('a module that is broken ends the run before it starts, in two lines', async () => {
  const { path } = await makeFolder({ 'own.mjs': 'export default {' });
  const { exitCode, stderr } = await run(['-', '--provider', './own.mjs'], { cwd: path, input: texts });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(
    /^gistmill: --provider: \.\/own\.mjs cannot be loaded: SyntaxError: .*\nhint: .*\n$/,
  );
});

test('what an endpoint does not take is told once, however many requests meet it', async () => {
  const server = await startScriptedServer(({ body }) =>
    body.includes('"max_tokens"')
      ? {
          status: 400,
          body: {
            error: { message: "Unsupported parameter: 'max_tokens' is not supported with this model." },
          },
        }
      : ANSWER,
  );
  try {
    const args = [
      '-',
      '--base-url',
      server.url,
      '-m',
      'm',
      '--max-output-tokens',
      '9',
      '-c',
      '8',
      '--progress',
      'none',
    ];
    const { exitCode, stderr, stdout } = await run(args, { input: texts });
    expect(exitCode).toBe(0);
    expect(stderr.match(/does not take max_tokens/g)).toHaveLength(1);
    const attempts = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).attempts as number);
    expect(Math.max(...attempts)).toBe(2);
  } finally {
    await server.close();
  }
});

test('what was set by hand and is not taken ends the run with exit code 2', async () => {
  const server = await startScriptedServer([
    { status: 400, body: { error: { message: '`temperature` is deprecated for this model.' } } },
  ]);
  try {
    const args = ['-', '--base-url', server.url, '-m', 'm', '--temperature', '0', '--progress', 'none'];
    const { exitCode, stderr, stdout } = await run(args, { input: texts });
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('the endpoint does not take --temperature 0');
    expect(server.requests.length).toBeLessThanOrEqual(8);
  } finally {
    await server.close();
  }
});
