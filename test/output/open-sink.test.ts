import {
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { type OutputSettings, openSink } from '../../src/output/open-sink.ts';
import { failedOutcome, okOutcome } from './helpers/outcomes.ts';
import { parseCsv } from './helpers/parse-csv.ts';
import { tempDir } from './helpers/temp-dir.ts';

const dir = tempDir();
const inDir = (name: string): string => join(dir, name);

const open = (settings: Partial<OutputSettings>, stdout: Writable = new PassThrough()) =>
  openSink({ format: 'jsonl', ordered: false, inputs: [], ...settings }, stdout);

const usage = (message: RegExp) =>
  expect.objectContaining({ code: 'usage', message: expect.stringMatching(message) });

describe('the output file', () => {
  it('gets the rows as they come, or in input order with ordered', async () => {
    for (const ordered of [false, true]) {
      const output = inDir(`ordered-${ordered}.jsonl`);
      const sink = await open({ output, ordered });
      await Promise.all([2, 0, 1].map((index) => sink.write(okOutcome(index))));
      await sink.close();
      const rows = readFileSync(output, 'utf8').trim().split('\n');
      expect(rows.map((row) => JSON.parse(row).index)).toEqual(ordered ? [0, 1, 2] : [2, 0, 1]);
    }
  });

  it('holds a row as soon as its write has come back', async () => {
    const output = inDir('at-once.jsonl');
    const sink = await open({ output });
    await sink.write(okOutcome(0));
    expect(JSON.parse(readFileSync(output, 'utf8'))).toMatchObject({ id: 'a-0', status: 'ok' });
    await sink.close();
  });

  it('holds the header of a CSV even when there was no record', async () => {
    const output = inDir('empty.csv');
    await (await open({ output, format: 'csv', keep: ['title'] })).close();
    const [header] = parseCsv(readFileSync(output, 'utf8'));
    expect(header?.at(-4)).toBe('input.title');
  });

  it('is never overwritten', async () => {
    const output = inDir('precious.jsonl');
    writeFileSync(output, '{"id":"yesterday"}\n');
    await expect(open({ output })).rejects.toEqual(usage(/precious\.jsonl: it exists and is not empty/));
    expect(readFileSync(output, 'utf8')).toBe('{"id":"yesterday"}\n');
  });

  it('may exist when it is empty', async () => {
    const output = inDir('touched.jsonl');
    writeFileSync(output, '');
    const sink = await open({ output });
    await sink.write(okOutcome(0));
    await sink.close();
    expect(statSync(output).size).toBeGreaterThan(0);
  });

  it('must have a folder, and be none', async () => {
    writeFileSync(inDir('a-file'), 'x');
    await expect(open({ output: inDir('no/where.jsonl') })).rejects.toEqual(usage(/folder does not exist/));
    await expect(open({ output: inDir('a-file/out.jsonl') })).rejects.toEqual(usage(/is not a folder/));
    await expect(open({ output: dir })).rejects.toEqual(usage(/it is a folder/));
  });

  it('is not created when the settings are wrong', async () => {
    const output = inDir('never.csv');
    await expect(open({ output, format: 'csv', keep: 'all' })).rejects.toEqual(usage(/--keep all/));
    expect(existsSync(output)).toBe(false);
  });
});

describe('an output that is also an input', () => {
  const input = inDir('in.jsonl');
  writeFileSync(input, '{"text":"precious"}\n');
  mkdirSync(inDir('folder'));
  symlinkSync(dir, inDir('folder/up'));
  symlinkSync(input, inDir('symbolic.jsonl'));
  linkSync(input, inDir('hard.jsonl'));

  it.each([
    ['the same path', input],
    ['a relative path', relative(process.cwd(), input)],
    ['a symbolic link', inDir('symbolic.jsonl')],
    ['a hard link', inDir('hard.jsonl')],
    ['a linked folder', inDir('folder/up/in.jsonl')],
  ])('is refused by %s', async (_, output) => {
    await expect(open({ output, inputs: ['-', input] })).rejects.toEqual(usage(/input and the output/));
    expect(readFileSync(input, 'utf8')).toBe('{"text":"precious"}\n');
  });

  it('is refused when neither exists yet', async () => {
    const inputs = [inDir('folder/up/new.jsonl')];
    await expect(open({ output: inDir('new.jsonl'), inputs })).rejects.toEqual(usage(/input and the output/));
    expect(existsSync(inDir('new.jsonl'))).toBe(false);
  });

  it('is refused behind stdout', async () => {
    const stdout = Object.assign(new PassThrough(), { fd: openSync(input, 'a') });
    await expect(open({ inputs: [input] }, stdout)).rejects.toEqual(usage(/input and the output/));
  });
});

describe('stdout', () => {
  it('gets the rows when no file is named, and is left open', async () => {
    for (const output of [undefined, '-']) {
      const stdout = new PassThrough();
      const sink = await open({ output, format: 'text' }, stdout);
      await Promise.all([sink.write(okOutcome(0)), sink.write(failedOutcome(1))]);
      await sink.close();
      expect(stdout.writableEnded).toBe(false);
      stdout.end();
      expect(await text(stdout)).toBe(
        'Summary of record 0.\n[error server_error] a-1: HTTP 503: try again later\n',
      );
    }
  });

  it('slows the run while its reader is slow', async () => {
    let take: () => void = () => {};
    const stdout = new Writable({
      write(_chunk, _encoding, done) {
        take = done;
      },
    });
    const sink = await open({}, stdout);
    let back = false;
    const write = sink.write(okOutcome(0)).then(() => {
      back = true;
    });
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
    expect(back).toBe(false);
    take();
    await write;
  });

  it('that breaks later, when nothing is written, does not end the process', async () => {
    const stdout = new PassThrough();
    const sink = await open({}, stdout);
    stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    await new Promise(setImmediate);
    await expect(sink.write(okOutcome(0))).rejects.toMatchObject({
      code: 'output_closed',
      message: 'standard output: its reader has gone (EPIPE)',
    });
  });
});
