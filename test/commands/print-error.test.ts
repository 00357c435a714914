import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { printError, wantsStack } from '../../src/commands/print-error.ts';
import { AppError } from '../../src/core/errors.ts';

function print(thrown: unknown, debug = false): { text: string; exitCode: number } {
  const stderr = new PassThrough();
  const exitCode = printError(thrown, { stderr }, debug);
  return { text: String(stderr.read()), exitCode };
}

test('a mistake of the user is a line and a hint, never a stack', () => {
  const error = new AppError('usage', '--rpm: "x" is not a number', { hint: 'see gistmill --help' });
  const expected = 'gistmill: --rpm: "x" is not a number\nhint: see gistmill --help\n';
  expect(print(error)).toEqual({ text: expected, exitCode: 2 });
  expect(print(error, true).text).toBe(expected);
});

test('the exit code follows from the error code', () => {
  expect(print(new AppError('wrong_key', 'refused')).exitCode).toBe(3);
  expect(print(new AppError('output_write', 'full')).exitCode).toBe(5);
});

test('control characters of foreign text cannot forge lines or colours', () => {
  expect(print(new AppError('usage', 'a\u001b[31m\nb\u0085c')).text).toBe('gistmill: a [31m b c\n');
});

describe('a fault of our own', () => {
  test('is one line and the way to see more', () => {
    const { text, exitCode } = print(new TypeError('x is not a function'));
    expect(text).toBe(
      'gistmill: unexpected error: x is not a function\nhint: set GISTMILL_DEBUG=1 to see where it arose\n',
    );
    expect(exitCode).toBe(1);
  });

  test('shows its stack when asked', () => {
    expect(print(new TypeError('odd'), true).text).toMatch(/TypeError: odd\n\s+at .*print-error\.test/);
    expect(print('just a string', true).text).toContain('just a string');
  });

  test.each([
    [[], { GISTMILL_DEBUG: '1' }, true],
    [['a.txt', '--log-level', 'debug'], {}, true],
    [['--log-level=trace'], {}, true],
    [[], { GISTMILL_LOG_LEVEL: 'debug' }, true],
    [['--log-level', 'info'], {}, false],
    [['debug'], { GISTMILL_DEBUG: '' }, false],
  ])('%j with %j asks: %s', (args, env, wanted) => {
    expect(wantsStack(args, env)).toBe(wanted);
  });
});
