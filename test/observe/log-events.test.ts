import { beforeEach, describe, expect, it } from 'vitest';
import { AppError, ProviderError } from '../../src/core/errors.ts';
import { Events } from '../../src/core/events.ts';
import type { LogLevel } from '../../src/observe/log.ts';
import { createLog } from '../../src/observe/log.ts';
import { attachLog } from '../../src/observe/log-events.ts';
import { createRedactor } from '../../src/observe/redact.ts';
import { StderrWriter } from '../../src/observe/stderr.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';
import { FakePipe } from './fake-terminal.ts';
import { Play } from './play.ts';

let clock: VirtualClock;
let pipe: FakePipe;

async function playAt(level: LogLevel): Promise<{ play: Play; events: Events }> {
  const redact = createRedactor([]);
  const events = new Events();
  attachLog(await createLog({ level, stderr: new StderrWriter(pipe, redact), clock, redact }), events);
  return { play: new Play(events, clock), events };
}

beforeEach(() => {
  clock = new VirtualClock();
  pipe = new FakePipe();
});

describe('at the default level', () => {
  it('what the endpoint does not take is told with its own words', async () => {
    const { events } = await playAt('warn');
    const error = new ProviderError('format_refused', 'no json_schema', { cause: new Error('400: no') });
    events.emit('adapted', { id: 'a', error });
    expect(pipe.lines).toEqual(['warn: no json_schema (said=400: no)']);
  });

  it('a thousand failing records are one line for each kind', async () => {
    const { play } = await playAt('warn');
    for (let index = 0; index < 1000; index += 1) {
      play.failed(`id-${index}`, new AppError('server_error', 'the endpoint broke'));
      play.broken(`line-${index}`, 'invalid_json');
    }
    expect(pipe.lines).toEqual([
      'warn: record failed: the endpoint broke (id=id-0, code=server_error, file=in.jsonl, line=3, attempts=1)',
      'warn: record failed: invalid_json happened (id=line-0, code=invalid_json, file=in.jsonl, line=7, attempts=0)',
    ]);
  });

  it('pauses are told once a minute', async () => {
    const { play } = await playAt('warn');
    for (let second = 0; second < 120; second += 1) {
      play.pause(1000);
      await clock.advance(1000);
    }
    expect(pipe.lines).toHaveLength(2);
    expect(pipe.lines[0]).toMatch(/^warn: the endpoint asks for a pause of 1\.0 s: slow down/);
  });

  it('the reason of a stop is an error, with its hint', async () => {
    const { play } = await playAt('warn');
    play.stop(new AppError('wrong_key', 'the key is refused', { hint: 'set GISTMILL_API_KEY' }));
    expect(pipe.lines).toEqual([
      'error: stopping: the key is refused (code=wrong_key)',
      'hint: set GISTMILL_API_KEY',
    ]);
  });

  it('an interruption is no error, and retries, answers and limits are not told', async () => {
    const { play, events } = await playAt('warn');
    play.send('a');
    play.fault('a', 'timeout', 5);
    play.retry('a', 'timeout', 100);
    events.emit('limit', { unit: 'requests', perMinute: 600, source: 'endpoint' });
    play.stop(new AppError('interrupted', 'interrupted by SIGINT'));
    expect(pipe.lines).toEqual(['warn: stopping: interrupted by SIGINT (code=interrupted)']);
  });
});

it('at info every failed record and every limit is told', async () => {
  const { play, events } = await playAt('info');
  for (const id of ['a', 'b', 'c']) play.failed(id, new AppError('bad_request', 'no'));
  events.emit('limit', { unit: 'tokens', perMinute: 90_000, source: 'endpoint' });
  expect(pipe.lines.map((line) => line.split(' ')[0])).toEqual(['warn:', 'info:', 'info:', 'info:']);
  expect(pipe.lines[3]).toBe('info: limit: 90000 tokens a minute (source=endpoint)');
});

it('at debug every change of concurrency is told, with its reason', async () => {
  const { events } = await playAt('debug');
  events.emit('concurrency', { limit: 64, reason: 'trial' });
  expect(pipe.lines).toEqual(['debug: up to 64 requests in flight: trial']);
});

it('at debug retries are told, at trace every attempt', async () => {
  for (const [level, expected] of [
    ['debug', ['debug: attempt 1 failed: timeout happened; again in 250 ms (id=a, code=timeout)']],
    [
      'trace',
      [
        'trace: request sent (id=a, attempt=1)',
        'trace: attempt failed (id=a, attempt=1, ms=5, code=timeout)',
        'debug: attempt 1 failed: timeout happened; again in 250 ms (id=a, code=timeout)',
        'trace: request sent (id=a, attempt=2)',
        'trace: answer came (id=a, attempt=2, ms=5, inputTokens=3)',
      ],
    ],
  ] as const) {
    pipe = new FakePipe();
    const { play } = await playAt(level);
    play.send('a');
    play.fault('a', 'timeout', 5);
    play.retry('a', 'timeout', 250);
    play.send('a', 2);
    play.answer('a', 5, { inputTokens: 3 }, 2);
    expect(pipe.lines).toEqual(expected);
  }
});
