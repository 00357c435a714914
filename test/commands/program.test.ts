import { PassThrough, Writable } from 'node:stream';
import { CommanderError } from 'commander';
import { describe, expect, test, vi } from 'vitest';
import type { Io } from '../../src/commands/io.ts';
import { type Handlers, runProgram } from '../../src/commands/program.ts';
import { ESTIMATE_OPTIONS } from '../../src/config/estimate-options.ts';
import { MOCK_OPTIONS } from '../../src/config/mock-options.ts';
import { flagName } from '../../src/config/option-names.ts';
import { RUN_OPTIONS } from '../../src/config/run-options.ts';
import { STATUS_OPTIONS } from '../../src/config/status-options.ts';
import { AppError } from '../../src/core/errors.ts';
import { EXIT_MEANINGS } from '../../src/core/exit-codes.ts';

class Collector extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Carries out a command line with handlers that only note what they were called with. */
async function run(...args: string[]) {
  const stdout = new Collector();
  const stderr = new Collector();
  const io: Io = {
    stdin: new PassThrough(),
    stdout,
    stderr,
    env: {},
    ownProcess: { pid: 1, isAlive: () => false },
    cwd: '.',
    nodeVersion: 'v20.19.0',
    signals: { onInterrupt: () => () => {} },
    exit: (code) => {
      throw new Error(`exit ${code}`);
    },
  };
  const handlers = {
    run: vi.fn<Handlers['run']>(async () => 1),
    estimate: vi.fn<Handlers['estimate']>(async () => 0),
    prompt: vi.fn<Handlers['prompt']>(async () => 0),
    preset: vi.fn<Handlers['preset']>(async () => 0),
    mock: vi.fn<Handlers['mock']>(async () => 0),
    schema: vi.fn<Handlers['schema']>(async () => 0),
    status: vi.fn<Handlers['status']>(async () => 0),
    eval: vi.fn<Handlers['eval']>(async () => 0),
    doctor: vi.fn<Handlers['doctor']>(async () => 0),
    cache: vi.fn<Handlers['cache']>(async () => 0),
    batch: vi.fn<Handlers['batch']>(async () => 0),
  };
  const exitCode = await runProgram(args, io, handlers);
  const [inputs, flags] = handlers.run.mock.lastCall ?? [];
  return { exitCode, inputs, flags, handlers, stdout: stdout.text, stderr: stderr.text };
}

async function failure(...args: string[]): Promise<AppError> {
  const error: unknown = await run(...args).catch((thrown: unknown) => thrown);
  expect(error).not.toBeInstanceOf(CommanderError);
  if (!(error instanceof AppError)) throw new Error('no AppError was thrown', { cause: error });
  expect(error.code).toBe('usage');
  return error;
}

describe('which command is meant', () => {
  test("without a command, the inputs are summarised, and the exit code is the command's", async () => {
    expect(await run('a.txt', '-', 'b.jsonl')).toMatchObject({
      inputs: ['a.txt', '-', 'b.jsonl'],
      exitCode: 1,
    });
    expect(await run()).toMatchObject({ inputs: [] });
    expect(await run('--rpm', '5', 'mock')).toMatchObject({ inputs: ['mock'], flags: { rpm: '5' } });
    expect(await run('run', 'mock')).toMatchObject({ inputs: ['mock'] });
    expect(await run('--', '--odd-name.txt')).toMatchObject({ inputs: ['--odd-name.txt'] });
  });

  test('mock and schema are commands of their own', async () => {
    const mock = await run('mock', '--port', '0', '--models', 'a,b', '--models', 'c');
    expect(mock.handlers.mock.mock.lastCall?.[0]).toEqual({ port: '0', models: ['a,b', 'c'] });
    expect(mock.exitCode).toBe(0);
    expect((await run('schema')).handlers.schema).toHaveBeenCalledOnce();
  });

  test('estimate takes the options of a run and its own', async () => {
    const { handlers } = await run(
      'estimate',
      'a.txt',
      '--rpm',
      '5',
      '-o',
      'out',
      '--latency',
      '1s',
      '--json',
    );
    expect(handlers.estimate.mock.lastCall?.slice(0, 2)).toEqual([
      ['a.txt'],
      { rpm: '5', output: 'out', latency: '1s', json: true },
    ]);
    expect((await failure('estimate', '--cocurrency', '5')).message).toContain(
      '(did you mean --concurrency?)',
    );
    expect((await failure('estimate', '--api-key', 'sk-canary')).message).not.toContain('canary');
  });
});

test('prompt takes the options of a run and its own, preset an action and a name', async () => {
  const { handlers } = await run('prompt', 'a.txt', '-n', '2', '--length', 'short', '--var', 'a=1', '--json');
  expect(handlers.prompt.mock.lastCall?.slice(0, 2)).toEqual([
    ['a.txt'],
    { records: '2', length: 'short', var: ['a=1'], json: true },
  ]);
  const preset = await run('preset', 'show', './mine.md');
  expect(preset.handlers.preset.mock.lastCall?.slice(0, 2)).toEqual(['show', './mine.md']);
  expect((await failure('preset', 'edit')).message).toContain('Allowed choices are list, show');
});

test('status takes its file and several inputs, and the options of a run', async () => {
  const { handlers } = await run('status', 'out', '--input', 'a', 'b,c', '--json', '--text-field', 'body');
  expect(handlers.status.mock.lastCall?.slice(0, 2)).toEqual([
    'out',
    { input: ['a', 'b,c'], json: true, textField: 'body' },
  ]);
  expect((await failure('status', 'out', 'in')).message).toContain('too many arguments');
});

describe('flags', () => {
  test('are handed on as texts under their keys, unread', async () => {
    const { flags } = await run(
      'in.txt',
      '-c8',
      '--timeout=90s',
      '--rpm',
      '-1',
      '--ordered',
      '-o',
      'out',
      '-q',
    );
    expect(flags).toEqual({
      concurrency: '8',
      timeout: '90s',
      rpm: '-1',
      ordered: true,
      output: 'out',
      quiet: true,
    });
  });

  test('given twice: the last counts, lists and parameters add up', async () => {
    const { flags } = await run('--rpm', '1', '--rpm', '2', '--keep', 'a', '--keep', 'b', '--param', 'n=1');
    expect(flags).toEqual({ rpm: '2', keep: ['a', 'b'], param: ['n=1'] });
  });

  test('of the switch kind can be taken back', async () => {
    expect((await run('--no-ordered', 'a')).flags).toEqual({ ordered: false });
    expect((await run('--no-strict', '--strict', 'a')).flags).toEqual({ strict: true });
  });

  test('of every option arrive under its key', async () => {
    for (const { key, kind } of RUN_OPTIONS) {
      const { flags } = await run(flagName(key), ...(kind === 'flag' ? [] : ['1']));
      expect(Object.keys(flags ?? {})).toEqual([key]);
    }
  });
});

describe('a line that cannot be understood', () => {
  test('names a misspelt flag and the nearest one', async () => {
    const error = await failure('--cocurrency', '4', 'a.txt');
    expect(error.message).toBe("unknown option '--cocurrency' (did you mean --concurrency?)");
    expect(error.hint).toBe('see gistmill --help');
    expect(await failure('mock', '--prot', '1')).toMatchObject({
      message: "unknown option '--prot' (did you mean --port?)",
      hint: 'see gistmill mock --help',
    });
  });

  test('is recognised as a misspelt command', async () => {
    expect((await failure('mokc', '--port', '8089')).hint).toBe('did you mean gistmill mock?');
  });

  test('does not take the next flag for a value', async () => {
    expect((await failure('--model', '--rpm', '5')).message).toBe('--model needs a value, but --rpm follows');
    expect((await failure('--rpm')).message).toContain('argument missing');
    expect((await failure('schema', 'extra')).message).toContain('too many arguments');
  });

  test.each([
    ['--api-key', 'sk-canary', 'a.txt'],
    ['--api-key=sk-canary'],
    ['--apikey=sk-canary'],
    ['--token=sk-canary'],
  ])('never shows a key: %s', async (...args) => {
    const error = await failure(...args);
    expect(`${error.message} ${error.hint}`).not.toContain('canary');
  });

  test('says where a key belongs', async () => {
    expect((await failure('--api-key', 'sk-canary')).hint).toMatch(/GISTMILL_API_KEY.*--api-key-file/);
  });
});

describe('help', () => {
  test.each([
    [['--help'], RUN_OPTIONS],
    [['a.txt', '--rpm', '5', '-h'], RUN_OPTIONS],
    [['help'], RUN_OPTIONS],
    [['run', '--help'], RUN_OPTIONS],
    [['mock', '--help'], MOCK_OPTIONS],
    [['help', 'mock'], MOCK_OPTIONS],
    [['estimate', '--help'], ESTIMATE_OPTIONS],
    [['status', '--help'], STATUS_OPTIONS],
  ])('%j goes to stdout, lists every option once, and fits 79 columns', async (args, options) => {
    const { exitCode, stdout, stderr, handlers } = await run(...args);
    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
    expect(handlers.run).not.toHaveBeenCalled();
    for (const { key } of options) {
      expect(stdout.match(new RegExp(`^  (-\\w, )?${flagName(key)} `, 'gm'))).toHaveLength(1);
    }
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(79);
  });

  test('of the main command has examples, exit codes and the way to more', async () => {
    const { stdout } = await run('--help');
    expect(stdout).toMatch(/^Usage: gistmill \[options\] \[inputs\.\.\.\]$/m);
    expect(stdout.match(/^ {2}.*gistmill .*(\.txt|\.jsonl|\.md|mock)/gm)?.length).toBeGreaterThanOrEqual(6);
    for (const [code] of EXIT_MEANINGS) expect(stdout).toMatch(new RegExp(`^ {2}${code} +\\w`, 'm'));
    expect(stdout).toContain('docs/options.md');
    expect(stdout).not.toContain('--no-strict');
    expect(stdout).not.toContain('--api-key ');
  });

  test('the version goes to stdout, wherever it is asked for', async () => {
    for (const args of [['--version'], ['-V'], ['a.txt', '--version'], ['mock', '-V']]) {
      expect(await run(...args)).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      });
    }
  });
});
