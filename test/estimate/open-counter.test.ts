import { expect, test } from 'vitest';
import { openCounter } from '../../src/estimate/open-counter.ts';

test('the mock counts four bytes for a token, all others as their models do', async () => {
  const mock = await openCounter('gistmill-mock');
  expect(mock).toMatchObject({ encoding: 'bytes/4', isOwn: true });
  expect(mock.count('12345678')).toBe(2);
  const other = await openCounter('gpt-4o');
  expect(other.encoding).toBe('o200k_base');
  expect(other.count('Hello, world')).toBe(3);
});
