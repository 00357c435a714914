import { describe, expect, it } from 'vitest';
import { answer } from '../helpers/endpoint.ts';
import { run } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { summarise, texts } from './summarise.ts';

interface Setting {
  readonly env?: Record<string, string>;
  readonly files?: Record<string, string>;
  readonly args?: readonly string[];
}

/** What the endpoint got to see as `authorization`. */
async function sent({ env = {}, files = {}, args = [] }: Setting) {
  const { path } = await makeFolder(files);
  const { requests, stderr, exitCode } = await summarise([answer('Fine.')], {
    texts: texts(1),
    args,
    env,
    cwd: path,
  });
  expect(exitCode).toBe(0);
  return { authorization: requests[0]?.headers.authorization, stderr };
}

describe.concurrent('the key', () => {
  it.each<[string, Setting]>([
    ['the environment', { env: { GISTMILL_API_KEY: ' gm-key\n' } }],
    ['.env', { files: { '.env': 'GISTMILL_API_KEY="gm-key"\n' } }],
    [
      '--env-file',
      { files: { 'my.env': '\ufeffGISTMILL_API_KEY=gm-key\r\n' }, args: ['--env-file', 'my.env'] },
    ],
    ['--api-key-file', { files: { 'key.txt': '\ufeffgm-key\r\n' }, args: ['--api-key-file', 'key.txt'] }],
    ['--api-key-env', { env: { MINE: 'gm-key' }, args: ['--api-key-env', 'MINE'] }],
  ])('comes from %s, trimmed', async (_source, setting) => {
    expect((await sent(setting)).authorization).toBe('Bearer gm-key');
  });

  it('of the environment wins over that of .env', async () => {
    const { authorization } = await sent({
      env: { GISTMILL_API_KEY: 'gm-key' },
      files: { '.env': 'GISTMILL_API_KEY=other\n' },
    });
    expect(authorization).toBe('Bearer gm-key');
  });

  it('of OpenAI goes to no other host, unless it is named for it', async () => {
    const env = { OPENAI_API_KEY: 'sk-of-openai' };
    expect((await sent({ env })).authorization).toBeUndefined();
    const named = await sent({ env, args: ['--api-key-env', 'OPENAI_API_KEY'] });
    expect(named.authorization).toBe('Bearer sk-of-openai');
  });

  const missing: readonly [string, readonly string[], RegExp][] = [
    ['OpenAI is asked', ['-m', 'gpt-x'], /^gistmill: api\.openai\.com needs a key/],
    [
      'its file is not there',
      ['-m', 'x', '--base-url', 'http://127.0.0.1:9/v1', '--api-key-file', 'no'],
      /ENOENT/,
    ],
  ];
  it.each(missing)('that is missing where %s ends the run with exit code 2', async (_when, args, words) => {
    const { stdout, stderr, exitCode } = await run(args, { input: 'a text\n' });
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    expect(stderr).toMatch(words);
  });

  it('is never an argument', async () => {
    const { stderr, exitCode } = await run(['--api-key', 'sk-secret'], { input: 'a text\n' });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('GISTMILL_API_KEY');
    expect(stderr).not.toContain('sk-secret');
  });
});

it('a model or an endpoint that costs money is never chosen for the user', async () => {
  const { stderr, exitCode } = await run(['--base-url', 'http://127.0.0.1:9/v1'], {
    input: 'a text\n',
    env: { OPENAI_API_KEY: 'sk-of-openai' },
  });
  expect(exitCode).toBe(2);
  expect(stderr).toContain('no model is named; gistmill chooses none by itself');
});
