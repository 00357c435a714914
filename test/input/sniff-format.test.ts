import { describe, expect, it } from 'vitest';
import { sniffFormat, sniffJsonFile } from '../../src/input/sniff-format.ts';

describe('an input without a name', () => {
  it.each([
    ['{"text":"a"}\n{"text":"b"}\n', 'jsonl'],
    ['\n\n  {"text":"a"}', 'jsonl'],
    ['{bad\n{"text":"b"}\n', 'jsonl'],
    ['{\n  "text": "a"\n}\n', 'json'],
    ['[{"text":"a"}]', 'json'],
    ['[\n  {"text":"a"}\n]', 'json'],
    ['["a","b"]', 'json'],
    ['[]', 'json'],
    ['[\n', 'json'],
    ['[1,2]\n{"text":"a"}\n', 'jsonl'],
    ['[1] Notes on a text\n', 'text'],
    ['[link](http://127.0.0.1/)\n', 'text'],
    ['"a"\n"b"\n', 'jsonl'],
    ['"Well," she said.\n', 'text'],
    ['Call me Ishmael.\n', 'text'],
    ['', 'text'],
    ['\n \n', 'text'],
  ])('that begins %j is %s', (head, format) => {
    expect(sniffFormat(Buffer.from(head))).toBe(format);
  });
});

describe('a .json file', () => {
  it.each([
    ['[{"text":"a"}]', 'json'],
    ['{\n"text":"a"}', 'json'],
    ['{"text":"a"}\n{"text":"b"}', 'jsonl'],
    ['', 'json'],
  ])('that begins %j is read as %s', (head, format) => {
    expect(sniffJsonFile(Buffer.from(head))).toBe(format);
  });
});
