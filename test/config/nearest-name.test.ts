import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearestName } from '../../src/config/nearest-name.ts';
import { RUN_OPTIONS } from '../../src/config/run-options.ts';

const KEYS = RUN_OPTIONS.map(({ key }) => key);

test.each([
  ['--cocurrency', '--concurrency'],
  ['--conucrrency', '--concurrency'],
  ['--max_attempts', '--max-attempts'],
  ['--rmp', '--rpm'],
])('%s was meant to be %s', (name, meant) => {
  expect(nearestName(name, ['--rpm', '--concurrency', '--max-attempts'])).toBe(meant);
});

test('nothing is suggested for what is far from everything', () => {
  expect(nearestName('--verbose', ['--rpm', '--concurrency'])).toBeUndefined();
  expect(nearestName('x', ['rpm', 'a'])).toBeUndefined();
  expect(nearestName('', ['rpm'])).toBeUndefined();
});

test('a name is nearest to itself, in any case and with any dashes', () => {
  fc.assert(
    fc.property(fc.constantFrom(...KEYS), (key) => {
      const kebab = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      expect(nearestName(key, KEYS)).toBe(key);
      expect(nearestName(kebab.toUpperCase(), KEYS)).toBe(key);
    }),
  );
});

test('one dropped letter of a long name is forgiven', () => {
  const long = KEYS.filter((key) => key.length > 8);
  fc.assert(
    fc.property(fc.constantFrom(...long), fc.nat(), (key, at) => {
      const place = at % key.length;
      expect(nearestName(key.slice(0, place) + key.slice(place + 1), KEYS)).toBe(key);
    }),
  );
});
