import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/core/errors.ts';
import { createLog, type LogParts } from '../../src/observe/log.ts';
import { createRedactor } from '../../src/observe/redact.ts';
import { StderrWriter } from '../../src/observe/stderr.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';
import { FakePipe } from './fake-terminal.ts';

let folder: string;
let pipe: FakePipe;
let shared: Omit<LogParts, 'level'>;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gistmill-log-'));
  pipe = new FakePipe();
  const redact = createRedactor(['my-secret-key']);
  shared = { stderr: new StderrWriter(pipe, redact), clock: new VirtualClock(0), redact };
});

afterEach(() => rm(folder, { recursive: true }));

describe('on stderr', () => {
  it('is one readable line, with a hint on its own', async () => {
    const log = await createLog({ ...shared, level: 'warn' });
    log.write('warn', 'record failed:\nno text', {
      id: 'a 1',
      code: 'missing_text',
      hint: 'see --text-field',
    });
    log.write('info', 'not shown');
    expect(pipe.lines).toEqual([
      'warn: record failed: no text (id=a 1, code=missing_text)',
      'hint: see --text-field',
    ]);
  });

  it('is JSON where that is asked for', async () => {
    const log = await createLog({ ...shared, level: 'warn', stderrFormat: 'json' });
    log.write('error', 'it broke', { code: 'internal', gone: undefined });
    expect(JSON.parse(pipe.raw)).toEqual({
      level: 'error',
      time: '1970-01-01T00:00:00.000Z',
      code: 'internal',
      msg: 'it broke',
    });
  });

  it('is silent at level silent', async () => {
    const log = await createLog({ ...shared, level: 'silent' });
    log.write('error', 'it broke');
    expect(log.enabled('error')).toBe(false);
    expect(pipe.raw).toBe('');
  });
});

describe('in a file', () => {
  const read = (file: string): Record<string, unknown>[] =>
    readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

  it('is there as soon as a line is logged, appended to what was there', async () => {
    const file = path.join(folder, 'run.log');
    for (const message of ['first', 'second']) {
      const log = await createLog({ ...shared, level: 'info', file });
      log.write('info', message);
      expect(read(file).at(-1)).toMatchObject({ level: 'info', msg: message });
      log.close();
    }
    expect(read(file)).toHaveLength(2);
    expect(pipe.raw).toBe('');
  });

  it('masks secrets in any field and message, and fields that hold keys', async () => {
    const file = path.join(folder, 'run.log');
    const log = await createLog({ ...shared, level: 'info', file });
    log.write('info', 'key my-secret-key at http://me:pw@host/', {
      note: 'my-secret-key',
      authorization: 'Bearer other-key',
      'x-api-key': 'other-key',
    });
    log.close();
    const text = readFileSync(file, 'utf8');
    expect(text).not.toMatch(/my-secret|other-key|me:pw/);
    expect(read(file)[0]).toMatchObject({ msg: 'key *** at http://***@host/', note: '***' });
  });

  it('that cannot be opened is a usage error', async () => {
    const file = path.join(folder, 'none', 'run.log');
    const opening = createLog({ ...shared, level: 'info', file });
    await expect(opening).rejects.toBeInstanceOf(AppError);
    await expect(opening).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/^--log-file: ENOENT/),
    });
  });

  it.skipIf(!existsSync('/dev/full'))('that is full is told once, and harms nothing', async () => {
    const log = await createLog({ ...shared, level: 'info', file: '/dev/full' });
    for (let index = 0; index < 50; index += 1) log.write('info', 'x'.repeat(100));
    log.close();
    expect(pipe.lines).toEqual([expect.stringMatching(/^warn: --log-file: ENOSPC/)]);
  });
});
