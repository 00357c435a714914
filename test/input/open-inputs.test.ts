import { execFileSync } from 'node:child_process';
import { chmodSync, constants, createWriteStream, mkdirSync, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { InputRow } from '../../src/core/record.ts';
import { openInputs } from '../../src/input/open-inputs.ts';
import {
  brief,
  fixture,
  messages,
  openPipe,
  options,
  readRows,
  rowsOf,
  stdinOf,
  tempFolder,
  untouchable,
} from './helpers.ts';

const folder = tempFolder();
const never = new AbortController().signal;

describe('what is read', () => {
  it('is the files that are named, and then stdin is not touched', async () => {
    const a = folder.write('a.txt', 'one\ntwo\n');
    const b = folder.write('b.jsonl', '{"id":"x","text":"three"}\n');
    const source = await openInputs(options({ inputs: [a, b] }), untouchable);
    expect(brief(await rowsOf(source))).toEqual([`${a}:1 one`, `${a}:2 two`, 'x three']);
    expect(source.totalBytes).toBe(34);
    expect(source.bytesRead()).toBe(34);
  });

  it('is stdin where it is not a terminal, or where it is named', async () => {
    expect(brief(await readRows({}, stdinOf('a\nb')))).toEqual(['stdin:1 a', 'stdin:2 b']);
    const terminal = Object.assign(Readable.from([Buffer.from('a\n')]), { isTTY: true });
    expect(brief(await readRows({ inputs: ['-'] }, terminal))).toEqual(['stdin:1 a']);
  });

  it('has no known size where a part of it is stdin', async () => {
    const source = await openInputs(options({ inputs: [fixture('bom.txt'), '-'] }), stdinOf('a\n'));
    expect(source.totalBytes).toBeUndefined();
    expect(await rowsOf(source)).toHaveLength(2);
  });

  it('can be read again from files, with the same rows', async () => {
    const source = await openInputs(
      options({ inputs: [fixture('array.json'), fixture('bom.jsonl')] }),
      untouchable,
    );
    expect(await rowsOf(source)).toEqual(await rowsOf(source));
    expect(source.bytesRead()).toBe(source.totalBytes);
  });

  it('is the same in batches', async () => {
    const source = await openInputs(
      options({ inputs: [fixture('array.json'), fixture('bom.jsonl'), fixture('bom.txt')] }),
      untouchable,
    );
    const rows: InputRow[] = [];
    for await (const batch of source.batches?.(never) ?? []) rows.push(...batch);
    expect(rows).toEqual(await rowsOf(source));
  });
});

describe('what is refused before anything is read', () => {
  it('is a terminal where nothing is named, with an example', async () => {
    const refused = openInputs(options(), Object.assign(Readable.from([]), { isTTY: true }));
    await expect(refused).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('gistmill '),
    });
  });

  it('is stdin named twice', async () => {
    await expect(openInputs(options({ inputs: ['-', '-'] }), untouchable)).rejects.toMatchObject({
      code: 'usage',
    });
  });

  it('is a path that does not exist, is a directory or is not permitted, wherever it stands', async () => {
    const good = folder.write('good.txt', 'a\n');
    mkdirSync(folder.path('dir.txt'));
    const missing = openInputs(options({ inputs: [good, folder.path('none.txt')] }), untouchable);
    await expect(missing).rejects.toMatchObject({
      code: 'input_not_readable',
      message: `cannot read ${folder.path('none.txt')}: there is no such file`,
    });
    const directory = openInputs(options({ inputs: [folder.path('dir.txt'), good] }), untouchable);
    await expect(directory).rejects.toMatchObject({
      code: 'input_not_readable',
      message: expect.stringMatching(/it is a directory$/),
    });
  });

  it.skipIf(process.getuid?.() === 0)('is a file that may not be read', async () => {
    const closed = folder.write('closed.txt', 'a\n');
    chmodSync(closed, 0);
    await expect(openInputs(options({ inputs: [closed] }), untouchable)).rejects.toMatchObject({
      code: 'input_not_readable',
      message: expect.stringMatching(/permission denied$/),
    });
  });

  it.each(['utf-16le.txt', 'utf-16be.jsonl'])('is UTF-16, with the way to convert it: %s', async (name) => {
    await expect(openInputs(options({ inputs: [fixture(name)] }), untouchable)).rejects.toMatchObject({
      code: 'input_not_readable',
      message: `${fixture(name)} is UTF-16; gistmill reads UTF-8`,
      hint: expect.stringContaining('iconv -f UTF-16 -t UTF-8'),
    });
  });

  it('is UTF-16 on stdin too, before the first row', async () => {
    await expect(
      readRows({}, stdinOf(Buffer.from([0xff]), Buffer.from([0xfe, 0x61, 0]))),
    ).rejects.toMatchObject({
      code: 'input_not_readable',
    });
  });
});

describe('lines', () => {
  it('are ended by LF alone, in text and in JSONL', async () => {
    const [row] = await readRows({ inputs: [fixture('separators.jsonl')] });
    expect(row?.ok && row.record.text).toBe('x\u2028y\u2029z\u0085 end');
    const text = await readRows({ inputs: [fixture('separators.txt')] });
    expect(text.map((line) => line.ok && line.record.text)).toEqual([
      'one\u2028two\u2029three\u0085four\vfive\fsix\rseven',
      'next line',
      'last line',
    ]);
  });

  it('lose the byte order mark at the head of each file', async () => {
    const rows = await readRows({
      inputs: [fixture('bom.jsonl'), fixture('bom.txt'), fixture('bom-blank.txt')],
    });
    expect(brief(rows)).toEqual([
      'a The first line has a byte order mark.',
      'b The second has none.',
      `${fixture('bom.txt')}:1 A line after a byte order mark.`,
      `${fixture('bom-blank.txt')}:2 A line after a byte order mark and a blank line.`,
    ]);
  });

  it('lose a mark that comes byte by byte', async () => {
    const bytes = [0xef, 0xbb, 0xbf, 0x61].map((byte) => Buffer.from([byte]));
    expect(brief(await readRows({}, stdinOf(...bytes)))).toEqual(['stdin:1 a']);
  });

  it('of JSON files that were joined lose the mark in the middle too', async () => {
    const mark = Buffer.from([0xef, 0xbb, 0xbf]);
    const one = Buffer.concat([mark, Buffer.from('{"id":"a","text":"t"}\n')]);
    expect(brief(await readRows({}, stdinOf(one, one)))).toEqual(['a t', 'a t']);
  });

  it('that are blank take no index, but are counted', async () => {
    const name = fixture('blank-lines.jsonl');
    const rows = await readRows({ inputs: [name] });
    expect(brief(rows)).toEqual([`${name}:1 a`, `${name}:4 b`]);
    expect(rows.map((row) => row.ok && row.record.index)).toEqual([0, 1]);
  });

  it('that are broken become typed rows with their place, and the rest goes on', async () => {
    const name = fixture('broken-rows.jsonl');
    const rows = await readRows({ inputs: [name] });
    expect(brief(rows)).toEqual([
      'first good',
      `${name}:2 !invalid_record`,
      `${name}:3 !invalid_record`,
      `${name}:4 !invalid_text`,
      '5 !invalid_text',
      `${name}:6 !missing_text`,
      `${name}:7 !invalid_json`,
      'bytes !invalid_utf8',
      `${name}:9 !missing_text`,
      'last good',
    ]);
    expect(rows.map((row) => (row.ok ? row.record.index : row.broken.index))).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
    expect(messages(rows).every((message, i) => message.startsWith(`${name}:${i + 2}: `))).toBe(true);
    expect(messages(rows).join()).not.toContain('{bad');
  });

  it('with nothing to see in them are errors, not requests', async () => {
    const rows = await readRows({ inputs: [fixture('empty-texts.jsonl')] });
    expect(rows.map((row) => (row.ok ? row.record.text : row.broken.error.code))).toEqual([
      ...Array.from({ length: 7 }, () => 'empty_text'),
      'seen',
    ]);
  });

  it('that are too long are errors, and the next ones are read', async () => {
    const long = Buffer.alloc(3 * 1024 * 1024, 'x');
    const rows = await readRows({ maxLineBytes: 1000 }, stdinOf('a\n', long, long, '\nb\n', long, '\r\nc'));
    expect(brief(rows)).toEqual([
      'stdin:1 a',
      'stdin:2 !line_too_long',
      'stdin:3 b',
      'stdin:4 !line_too_long',
      'stdin:5 c',
    ]);
  });

  it('longer than one read of a file are put together', async () => {
    const long = 'é'.repeat(400_000);
    const rows = await readRows({ inputs: [folder.write('long.txt', `a\n${long}\nb\n${long}`)] });
    expect(rows.map((row) => row.ok && row.record.text)).toEqual(['a', long, 'b', long]);
  });
});

describe('JSON files', () => {
  it('that hold an array are read element by element', async () => {
    const name = fixture('array.json');
    expect(brief(await readRows({ inputs: [name] }))).toEqual([
      '1 Straße über\nden Fluss',
      `${name}:3 a bare text`,
      'three 日本語のテキスト',
      `${name}:8 !invalid_record`,
    ]);
  });

  it('that hold one object are one record, from a file or from stdin', async () => {
    expect(brief(await readRows({ inputs: [fixture('object.json')] }))).toEqual(['only one record']);
    expect(brief(await readRows({}, stdinOf('{\n"id":"p","text":"t"\n}\n')))).toEqual(['p t']);
  });

  it('that are empty, cut short or too long are one error', async () => {
    const empty = folder.write('empty.json', '');
    const cut = folder.write('cut.json', '{\n"text":"a');
    const long = folder.write('long.json', `{\n"text":"${'x'.repeat(300)}"}`);
    const codes = ['invalid_json', 'invalid_json', 'line_too_long'];
    const rows = await readRows({ inputs: [empty, cut, long], maxLineBytes: 200 });
    expect(rows.map((row) => !row.ok && row.broken.error.code)).toEqual(codes);
  });

  it('can be told to be something else', async () => {
    const name = folder.write('lines.json', '["a"]\n["b"]\n');
    expect(brief(await readRows({ inputs: [name], inputFormat: 'text' }))).toEqual([
      `${name}:1 ["a"]`,
      `${name}:2 ["b"]`,
    ]);
    expect(brief(await readRows({ inputFormat: 'json' }, stdinOf('{"id":1,"text":"t"}')))).toEqual(['1 t']);
    expect(brief(await readRows({ inputFormat: 'jsonl' }, stdinOf('plain')))).toEqual([
      'stdin:1 !invalid_json',
    ]);
  });
});

describe('fields', () => {
  it('are found by the paths that are given', async () => {
    const inputs = [fixture('nested.jsonl')];
    expect(brief(await readRows({ inputs, textField: 'doc.body' }))).toEqual([
      'n1 nested text',
      'n2 !missing_text',
    ]);
    expect(brief(await readRows({ inputs, textField: 'doc.title' }))).toEqual(['n1 literal', 'n2 x']);
  });
});

describe('whole files', () => {
  it('are one text each, named by their path', async () => {
    const a = folder.write('whole.md', '\ufeff# Title\n\nBody\n');
    const b = folder.write('whole.json', '{"not":"parsed"}');
    const c = folder.write('whole-empty.txt', ' \n');
    const rows = await readRows({ inputs: [a, b, c], each: 'file' });
    expect(brief(rows)).toEqual([`${a} # Title\n\nBody\n`, `${b} {"not":"parsed"}`, `${c} !empty_text`]);
    expect(rows[0]?.ok && rows[0].record.at).toEqual({ file: a, line: 1 });
  });

  it('may come from stdin', async () => {
    expect(brief(await readRows({ each: 'file' }, stdinOf('a\n', 'b\n')))).toEqual(['stdin a\nb\n']);
  });

  it('that are too long or not UTF-8 are errors', async () => {
    const long = folder.write('whole-long.txt', 'x'.repeat(2000));
    const bytes = folder.write('whole-bytes.txt', Buffer.from([0x61, 0xff, 0x62]));
    const rows = await readRows({ inputs: [long, bytes], each: 'file', maxLineBytes: 1000 });
    expect(brief(rows)).toEqual([`${long} !line_too_long`, `${bytes} !invalid_utf8`]);
  });
});

describe('an input that fails', () => {
  it('after it was checked is one error row, and the next one is read', async () => {
    const gone = folder.write('gone.txt', 'a\n');
    const source = await openInputs(options({ inputs: [gone, fixture('bom.txt')] }), untouchable);
    rmSync(gone);
    const rows = await rowsOf(source);
    expect(rows.map((row) => (row.ok ? 'ok' : row.broken.error.code))).toEqual(['input_read', 'ok']);
    expect(messages(rows)).toEqual([`${gone}:1: there is no such file`]);
  });

  it('in the middle is an error row on the line that it reached', async () => {
    const failing = Readable.from(
      (async function* () {
        yield Buffer.from('a\nb\nhal');
        throw Object.assign(new Error('gone'), { code: 'EIO' });
      })(),
    );
    const rows = await readRows({}, failing);
    expect(brief(rows)).toEqual(['stdin:1 a', 'stdin:2 b', 'stdin:3 !input_read']);
    expect(messages(rows)).toEqual(['stdin:3: reading failed (EIO)']);
  });
});

describe('pipes', () => {
  it('that ended long before the first read lose nothing', async () => {
    const fifo = folder.path('ended');
    execFileSync('mkfifo', [fifo]);
    const stdin = new Socket({
      fd: openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK),
      writable: false,
    });
    const source = await openInputs(options(), stdin);
    execFileSync('sh', ['-c', 'seq 1 1000 > "$0"', fifo]);
    await setImmediate();
    expect(await rowsOf(source)).toHaveLength(1000);
  });

  it('are read by path, a format being made out from their beginning', async () => {
    const fifo = folder.path('fifo');
    execFileSync('mkfifo', [fifo]);
    const source = await openInputs(options({ inputs: [fifo] }), untouchable);
    expect(source.totalBytes).toBeUndefined();
    const rows = rowsOf(source);
    createWriteStream(fifo).end('{"id":"a","text":"t"}\n{"id":"b","text":"u"}\n');
    expect(brief(await rows)).toEqual(['a t', 'b u']);
  });

  it('that nobody ever writes to are let go when the run is aborted', async () => {
    const fifo = folder.path('silent');
    execFileSync('mkfifo', [fifo]);
    const stop = new AbortController();
    const rows = rowsOf(await openInputs(options({ inputs: [fifo] }), untouchable), stop.signal);
    stop.abort();
    expect(await rows).toEqual([]);
  });

  it('hand a line on as soon as it is there, however short', async () => {
    const pipe = openPipe();
    const rows = (await openInputs(options(), pipe)).rows(never)[Symbol.asyncIterator]();
    pipe.write('a\n');
    expect((await rows.next()).value).toMatchObject({ record: { text: 'a' } });
    pipe.end();
    expect((await rows.next()).done).toBe(true);
  });

  it('are read no faster than their rows are taken', async () => {
    let made = 0;
    const endless = Readable.from(
      (function* () {
        for (;;) {
          made += 1;
          yield Buffer.from(`${'x'.repeat(1000)}\n`.repeat(10));
        }
      })(),
      { highWaterMark: 4 },
    );
    const source = await openInputs(options(), endless);
    let taken = 0;
    for await (const _ of source.rows(never)) {
      taken += 1;
      if (taken === 100) break;
    }
    expect(made).toBeLessThan(30);
    expect(endless.destroyed).toBe(true);
  });
});

describe('an abort', () => {
  it('ends the rows quietly while stdin is waited for, without the half line, and closes it', async () => {
    const pipe = openPipe();
    const stop = new AbortController();
    const rows = (await openInputs(options(), pipe)).rows(stop.signal)[Symbol.asyncIterator]();
    pipe.write('a\nb\nhalf');
    expect((await rows.next()).value).toMatchObject({ record: { text: 'a' } });
    expect((await rows.next()).value).toMatchObject({ record: { text: 'b' } });
    const waiting = rows.next();
    stop.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(pipe.destroyed).toBe(true);
  });

  it('ends the rows between two lines of a file', async () => {
    const stop = new AbortController();
    const source = await openInputs(
      options({ inputs: [folder.write('many.txt', 'line\n'.repeat(5000))] }),
      untouchable,
    );
    let taken = 0;
    for await (const _ of source.rows(stop.signal)) {
      taken += 1;
      if (taken === 10) stop.abort();
    }
    expect(taken).toBe(10);
  });

  it('before the start reads nothing', async () => {
    const pipe = openPipe();
    const source = await openInputs(options({ inputs: [fixture('bom.txt'), '-'] }), pipe);
    expect(await rowsOf(source, AbortSignal.abort())).toEqual([]);
  });
});
