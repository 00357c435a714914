import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadMockOptions, loadRunOptions, settleRunOptions } from '../../src/config/load-config.ts';
import type { RunOptions } from '../../src/config/run-options.ts';
import { AppError } from '../../src/core/errors.ts';
import { temporaryFolder } from './temporary-folder.ts';

interface Setting {
  readonly flags?: Record<string, unknown>;
  readonly env?: Record<string, string>;
  readonly files?: Record<string, string>;
}

async function load({ flags = {}, env = {}, files = {} }: Setting): Promise<RunOptions> {
  const cwd = await temporaryFolder(files);
  return (await loadRunOptions({ flags, env, cwd })).options;
}

async function failure(setting: Setting): Promise<AppError> {
  const error: unknown = await load(setting).catch((thrown: unknown) => thrown);
  if (!(error instanceof AppError)) throw new Error('no AppError was thrown', { cause: error });
  expect(error.code).toBe('usage');
  return error;
}

const json = (value: unknown): Record<string, string> => ({ 'gistmill.config.json': JSON.stringify(value) });

describe('where values come from', () => {
  test('with nothing configured the defaults serve, frozen', async () => {
    const options = await load({});
    expect(options).toMatchObject({
      concurrency: 'auto',
      timeout: 120_000,
      maxLine: 67_108_864,
      ordered: false,
    });
    expect(options.rpm).toBeUndefined();
    expect('rpm' in options).toBe(true);
    expect(Object.isFrozen(options)).toBe(true);
  });

  test('a flag wins over a variable, that over .env, that over the file, that over the default', async () => {
    const files = { ...json({ concurrency: 2 }), '.env': 'GISTMILL_CONCURRENCY=3\n' };
    const env = { GISTMILL_CONCURRENCY: '4' };
    expect((await load({})).concurrency).toBe('auto');
    expect((await load({ files: json({ concurrency: 2 }) })).concurrency).toBe(2);
    expect((await load({ files })).concurrency).toBe(3);
    expect((await load({ files, env })).concurrency).toBe(4);
    expect((await load({ files, env, flags: { concurrency: '5' } })).concurrency).toBe(5);
  });

  test('zero and false are values, and win like any other', async () => {
    const files = json({ ordered: true, grace: '10s', temperature: 1 });
    const options = await load({ files, flags: { ordered: false, grace: '0', temperature: '0' } });
    expect(options).toMatchObject({ ordered: false, grace: 0, temperature: 0 });
  });

  test('an empty variable is not set, and can take back what .env sets', async () => {
    const files = { '.env': 'GISTMILL_RPM=5\n' };
    expect((await load({ files })).rpm).toBe(5);
    expect((await load({ files, env: { GISTMILL_RPM: '' } })).rpm).toBeUndefined();
  });

  test('a flag overrules a variable that is broken', async () => {
    expect((await load({ env: { GISTMILL_RPM: 'lots' }, flags: { rpm: '60' } })).rpm).toBe(60);
  });

  test('of two options that say the same, the one from the stronger source counts', async () => {
    const files = json({ promptFile: 'p.txt', apiKeyEnv: 'TEAM' });
    const options = await load({ files, flags: { prompt: 'Short: {{text}}', apiKeyFile: 'key' } });
    expect(options).toMatchObject({ prompt: 'Short: {{text}}', apiKeyFile: 'key' });
    expect(options.promptFile).toBeUndefined();
    expect(options.apiKeyEnv).toBeUndefined();
    const { message } = await failure({ flags: { prompt: 'a', promptFile: 'b' } });
    expect(message).toBe('--prompt and --prompt-file contradict each other; give only one of them');
  });

  test('repeated flags of lists and parameters add up', async () => {
    const options = await load({ flags: { keep: ['title,url', 'date'], param: ['n=1', 'seed=0'] } });
    expect(options).toMatchObject({ keep: ['title', 'url', 'date'], param: { n: 1, seed: 0 } });
  });
});

describe('the environment file', () => {
  test('adds to the environment that is handed on, without overriding it', async () => {
    const cwd = await temporaryFolder({ '.env': '\uFEFFOPENAI_API_KEY="from file"\nHOME=elsewhere\n' });
    const { env } = await loadRunOptions({ flags: {}, env: { HOME: '/home/me' }, cwd });
    expect(env).toEqual({ OPENAI_API_KEY: 'from file', HOME: '/home/me' });
  });

  test('may be another one, by flag or variable, and must then be there', async () => {
    const files = { '.env': 'GISTMILL_RPM=1', 'team.env': 'GISTMILL_RPM=2' };
    expect((await load({ files, flags: { envFile: 'team.env' } })).rpm).toBe(2);
    expect((await load({ files, env: { GISTMILL_ENV_FILE: 'team.env' } })).rpm).toBe(2);
    const { message } = await failure({ flags: { envFile: 'gone.env' } });
    expect(message).toBe('the environment file gone.env cannot be read (ENOENT)');
  });

  test('is not confused by a folder called .env', async () => {
    const cwd = await temporaryFolder();
    await mkdir(join(cwd, '.env'));
    await expect(loadRunOptions({ flags: {}, env: {}, cwd })).resolves.toBeDefined();
  });
});

describe('the configuration file', () => {
  test('holds plain JSON values or the texts that flags take', async () => {
    const options = await load({
      files: json({
        rpm: 600,
        timeout: '90s',
        grace: 5,
        keep: ['a', 'b'],
        param: { n: 1 },
        maxFailures: '5%',
      }),
    });
    expect(options).toMatchObject({
      rpm: 600,
      timeout: 90_000,
      grace: 5000,
      keep: ['a', 'b'],
      param: { n: 1 },
    });
    expect(options.maxFailures).toEqual({ amount: 5, unit: 'percent' });
  });

  test('may be YAML; a key without a value is not set', async () => {
    const yaml = 'concurrency: 8 # enough\nformat: csv\nrpm:\nkeep: [title]\n';
    const options = await load({ files: { 'gistmill.config.yaml': yaml } });
    expect(options).toMatchObject({ concurrency: 8, format: 'csv', keep: ['title'] });
    expect(options.rpm).toBeUndefined();
    expect((await load({ files: { 'gistmill.config.yml': '' } })).concurrency).toBe('auto');
  });

  test('may be another one, whose paths are meant from its own folder', async () => {
    const files = {
      ...json({ rpm: 1 }),
      'team/base.yaml': 'rpm: 2\npromptFile: p.txt\noutput: /data/out.jsonl\n',
    };
    const options = await load({ files, flags: { config: 'team/base.yaml' } });
    expect(options).toMatchObject({ rpm: 2, promptFile: join('team', 'p.txt'), output: '/data/out.jsonl' });
    expect((await load({ files, env: { GISTMILL_CONFIG: 'team/base.yaml' } })).rpm).toBe(2);
    const preset = async (value: string) =>
      (await load({ files: { 'team/p.yaml': `preset: ${value}` }, flags: { config: 'team/p.yaml' } })).preset;
    expect([await preset('classify'), await preset('./mine.md')]).toEqual([
      'classify',
      join('team', 'mine.md'),
    ]);
    expect((await failure({ flags: { config: 'gone.json' } })).message).toContain(
      'gone.json cannot be read (ENOENT)',
    );
  });

  test.each([
    [{ 'gistmill.config.json': '{"rpm": 1,}' }, 'gistmill.config.json is not valid JSON'],
    [{ 'gistmill.config.yaml': 'rpm: [1' }, 'gistmill.config.yaml is not valid YAML'],
    [{ 'gistmill.config.json': '[1]' }, 'holds no object of options'],
    [{ 'gistmill.config.json': '{}', 'gistmill.config.yml': '' }, 'which one counts?'],
    [json({ envFile: 'x' }), 'envFile cannot be set in a configuration file'],
    [json({ rpm: '12x' }), 'gistmill.config.json, rpm: "12x" is not a number; write e.g. 600'],
    [json({ output: '' }), 'gistmill.config.json, output: the value is empty'],
    [json({ rpm: {} }), 'gistmill.config.json, rpm: {} is not a number'],
    [{ 'gistmill.config.json': '{"__proto__": {"rpm": 1}}' }, 'unknown option "__proto__"'],
  ])('%j is refused: %s', async (files, message) => {
    const error = await failure({ files });
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('\n');
  });
});

describe('names that do not exist', () => {
  test('a misspelt key names the nearest one, also from kebab-case', async () => {
    expect((await failure({ files: json({ concurency: 2 }) })).message).toContain(
      '(did you mean concurrency?)',
    );
    expect((await failure({ files: json({ 'max-attempts': 2 }) })).message).toContain(
      '(did you mean maxAttempts?)',
    );
  });

  test('a key in the configuration is refused and never shown', async () => {
    const error = await failure({ files: json({ apiKey: 'sk-canary' }) });
    expect(error.hint).toContain('apiKeyFile');
    expect(error.message + error.hint).not.toContain('canary');
  });

  test('a misspelt variable names the nearest one and the file that it stands in', async () => {
    expect((await failure({ env: { GISTMILL_CONCURENCY: '2' } })).message).toBe(
      'unknown variable GISTMILL_CONCURENCY (did you mean GISTMILL_CONCURRENCY?)',
    );
    expect((await failure({ files: { '.env': 'GISTMILL_XYZ=1' } })).message).toBe(
      'unknown variable GISTMILL_XYZ in .env',
    );
  });

  test('variables for keys, for the mock, and of others are left alone', async () => {
    const env = {
      GISTMILL_API_KEY: 'k',
      GISTMILL_TEAM_KEY: 'k',
      GISTMILL_MOCK_RPM: '5',
      GISTMILL_DEBUG: '1',
      X: '',
    };
    const options = await load({ env });
    expect(options.rpm).toBeUndefined();
  });
});

describe('values out of range', () => {
  test.each([
    [{ concurrency: '0' }, '--concurrency: "0" is too small; the least is 1'],
    [{ concurrency: '-1' }, '--concurrency: "-1" is too small; the least is 1'],
    [{ concurrency: '99999' }, '--concurrency: "99999" is too large; the most is 10000'],
    [{ concurrency: '1e3' }, '--concurrency: "1e3" is not a whole number or auto; write e.g. 8 or auto'],
    [{ concurrency: 'Infinity' }, '--concurrency: "Infinity" is not a whole number'],
    [
      { window: '99999999999999999999' },
      '--window: "99999999999999999999" is not a whole number, or too large',
    ],
    [{ timeout: '0' }, '--timeout: "0" is too small; the least is 1ms'],
    [{ maxLine: '0' }, '--max-line: "0" is too small; the least is 1 bytes'],
    [{ rpm: '0' }, '--rpm: "0" is too small; the least is 1'],
    [{ maxFailures: '101%' }, 'is neither a whole number from 0 nor a percentage from 0% to 100%'],
    [{ format: 'xml' }, '--format: "xml" is not one of jsonl, text, csv'],
    [{ model: '' }, '--model: the value is empty'],
  ])('%j is refused', async (flags, message) => {
    expect((await failure({ flags })).message).toContain(message);
  });

  test('a variable out of range is named as such', async () => {
    expect((await failure({ env: { GISTMILL_CONCURRENCY: '0' } })).message).toContain(
      'GISTMILL_CONCURRENCY: "0"',
    );
  });

  test('a misspelt choice names the nearest one', async () => {
    expect((await failure({ flags: { format: 'jsnol' } })).hint).toBe('did you mean jsonl?');
  });
});

test('the mock reads flags and GISTMILL_MOCK_* variables, not those of a run', async () => {
  const cwd = await temporaryFolder({ ...json({ rpm: 7 }), '.env': 'GISTMILL_MOCK_TPM=9000' });
  const env = { GISTMILL_RPM: '1', GISTMILL_MOCK_RPM: '600', GISTMILL_MOCK_PORT: '1' };
  const { options } = await loadMockOptions({ flags: { port: '0', models: ['a,b'] }, env, cwd });
  expect(options).toMatchObject({ port: 0, rpm: 600, tpm: 9000, models: ['a', 'b'], errorRate: 0 });
  await expect(loadMockOptions({ flags: { errorRate: '5' }, env, cwd })).rejects.toThrow(
    '--error-rate: "5" is too large',
  );
});

describe('a caller of the library', () => {
  test('gives values as they are, and gets the defaults for the rest', () => {
    expect(settleRunOptions({ timeout: 5000, rpm: 60 })).toMatchObject({
      timeout: 5000,
      rpm: 60,
      concurrency: 'auto',
    });
  });

  test('is told of what is wrong', () => {
    const misspelt: object = { concurency: 1 };
    expect(() => settleRunOptions({ concurrency: 0 })).toThrow(
      'options.concurrency: 0 is too small; the least is 1',
    );
    expect(() => settleRunOptions({ ...misspelt })).toThrow(
      'unknown option "concurency" (did you mean concurrency?)',
    );
  });
});
