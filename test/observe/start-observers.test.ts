import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/core/errors.ts';
import { Events } from '../../src/core/events.ts';
import { type ObserverOptions, type Observers, startObservers } from '../../src/observe/start-observers.ts';
import { Statistics } from '../../src/observe/statistics.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';
import { FakePipe, FakeTerminal } from './fake-terminal.ts';
import { Play } from './play.ts';

const KEY = 'my-secret-key';

let folder: string;
let clock: VirtualClock;
let pipe: FakePipe;
let play: Play;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gistmill-observe-'));
  clock = new VirtualClock();
  pipe = new FakePipe();
});

afterEach(() => rm(folder, { recursive: true }));

function observe(
  options: Partial<ObserverOptions>,
  stderr = pipe as FakePipe | FakeTerminal,
): Promise<Observers> {
  const events = new Events();
  play = new Play(events, clock);
  const statistics = new Statistics(events, clock);
  return startObservers({
    events,
    statistics,
    source: { bytesRead: () => 10, totalBytes: 10 },
    options: { progress: 'auto', quiet: false, logLevel: 'warn', ...options },
    stderr,
    env: {},
    clock,
    secrets: [KEY],
  });
}

async function wholeRun(reason?: AppError): Promise<void> {
  play.start();
  await play.whole('a', 100);
  play.read('b');
  play.failed('b', new AppError('bad_request', `refused: ${KEY}`));
  if (reason !== undefined) play.stop(reason);
  play.end();
}

const refused = () => new AppError('wrong_key', `the key ${KEY} is refused`, { hint: 'set another' });

describe('off a terminal', () => {
  it('tells notices, the first failure of each kind and the summary, once', async () => {
    const observers = await observe({});
    observers.notice('using the local summariser');
    await wholeRun();
    await observers.finish();
    await observers.finish();
    expect(pipe.lines.map((line) => line.split(' ')[0])).toEqual([
      'using',
      'warn:',
      'ok',
      'failed',
      'requests',
      'tokens',
      'cost',
      'time',
      'latency',
    ]);
    expect(pipe.raw).not.toContain(KEY);
    expect(pipe.raw).not.toContain('\u001b');
    expect(clock.pending).toBe(0);
  });

  it('--quiet tells nothing of a good run, and the error of a stopped one', async () => {
    const quiet = await observe({ quiet: true });
    quiet.notice('using the local summariser');
    await wholeRun();
    await quiet.finish();
    expect(pipe.raw).toBe('');
    const stopped = await observe({ quiet: true });
    await wholeRun(refused());
    await stopped.finish();
    expect(pipe.lines).toEqual([
      'error: stopping: the key *** is refused (code=wrong_key)',
      'hint: set another',
    ]);
  });

  it('an end that the engine did not announce is told too', async () => {
    const observers = await observe({});
    await wholeRun();
    await observers.finish({ reason: new AppError('output_write', 'disk full'), exitCode: 5 });
    expect(pipe.lines).toContain('stopped    disk full (output_write)');
  });

  it('an output whose reader has gone ends the run without a word', async () => {
    for (const options of [{}, { quiet: true }, { logLevel: 'silent' }] as const) {
      const observers = await observe(options);
      const reason = new AppError('output_closed', 'the reader of the output has gone');
      play.start();
      play.stop(reason);
      play.end();
      await observers.finish({ reason, exitCode: 0 });
    }
    expect(pipe.raw).toBe('');
  });

  it('--progress json makes all of stderr JSON', async () => {
    const observers = await observe({ progress: 'json' });
    observers.notice('using the local summariser');
    await wholeRun(refused());
    await observers.finish({ exitCode: 3 });
    const objects = pipe.lines.map((line) => JSON.parse(line));
    expect(objects.map(({ event, level }) => event ?? level)).toEqual([
      'notice',
      'warn',
      'error',
      'progress',
      'summary',
    ]);
    expect(objects.at(-1)).toMatchObject({ exit_code: 3, stopped: { message: 'the key *** is refused' } });
  });
});

describe('on a terminal', () => {
  it('the moving line is gone when the run has ended, and the words stay', async () => {
    const terminal = new FakeTerminal();
    const observers = await observe({}, terminal);
    observers.notice('using the local summariser');
    expect(terminal.screen).toEqual(['using the local summariser', expect.stringMatching(/0% 0 done/)]);
    await wholeRun();
    expect(terminal.screen).toHaveLength(2);
    await observers.finish();
    expect(terminal.screen[2]).toBe('ok         1');
    expect(terminal.screen.join()).not.toContain('% ');
  });
});

describe('files', () => {
  it('--log-file takes the log, the last line included, and stderr still tells the error', async () => {
    for (const quiet of [false, true]) {
      pipe = new FakePipe();
      const logFile = path.join(folder, `run-${quiet}.log`);
      const observers = await observe({ logFile, quiet });
      await wholeRun(refused());
      await observers.finish();
      const lines = (await readFile(logFile, 'utf8')).trimEnd().split('\n');
      expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ level: 'error', code: 'wrong_key' });
      expect(lines.join()).not.toContain(KEY);
      expect(pipe.raw).toContain('the key *** is refused');
      expect(pipe.raw).not.toContain('warn:');
    }
  });

  it('--summary-json has the numbers, the reason and the exit code, without secrets', async () => {
    const summaryJson = path.join(folder, 'summary.json');
    const observers = await observe({ summaryJson, quiet: true });
    await wholeRun(refused());
    await observers.finish({ exitCode: 3 });
    const text = await readFile(summaryJson, 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      records: { ok: 1, failed: 1 },
      stopped: { code: 'wrong_key', message: 'the key *** is refused' },
      exit_code: 3,
    });
  });

  it('that cannot be written are refused before the run', async () => {
    const gone = path.join(folder, 'gone', 'file');
    await expect(observe({ logFile: gone })).rejects.toMatchObject({ code: 'usage' });
    await expect(observe({ summaryJson: gone })).rejects.toMatchObject({ code: 'usage' });
  });
});
