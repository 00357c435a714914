import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/observe/redact.ts';
import { StderrWriter } from '../../src/observe/stderr.ts';
import { FakePipe } from './fake-terminal.ts';

const plain = createRedactor([]);

describe('StderrWriter', () => {
  it('writes whole lines, secrets masked', () => {
    const pipe = new FakePipe();
    const stderr = new StderrWriter(pipe, createRedactor(['my-secret']));
    stderr.line('the key my-secret is refused');
    expect(pipe.lines).toEqual(['the key *** is refused']);
  });

  it('does not let a message steer the terminal', () => {
    const pipe = new FakePipe();
    new StderrWriter(pipe, plain).line('\u001b[2Jgone\rover\ttab\u009b31m');
    expect(pipe.lines).toEqual([' [2Jgone over\ttab 31m']);
  });

  it('survives a stderr that fails, now and later', async () => {
    const broken = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    });
    const stderr = new StderrWriter(broken, plain);
    stderr.line('one');
    await new Promise((resolve) => setImmediate(resolve));
    stderr.line('two');
    expect(broken.destroyed).toBe(true);
  });

  it('listens to a stream but once, however many writers it has', () => {
    const pipe = new FakePipe();
    for (let index = 0; index < 20; index += 1) new StderrWriter(pipe, plain);
    expect(pipe.listenerCount('error')).toBe(1);
  });
});
