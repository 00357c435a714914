import { expect, test } from 'vitest';
import { flagsFrom, flagsToRemember } from '../../../src/commands/batch/remembered-flags.ts';

test('what may be secret, and what belongs to one command, is not remembered', () => {
  const flags = {
    ...{ model: 'm', fresh: true, poll: '1s', json: true, output: 'out.jsonl', fallback: 'online' },
    baseUrl: 'https://me:secret@host/v1',
  };
  expect(flagsToRemember(flags)).toEqual({ model: 'm', fallback: 'online' });
  expect(flagsToRemember({ baseUrl: 'https://host/v1?key=secret' })).toEqual({});
  expect(flagsToRemember({ baseUrl: 'https://host/v1', apiKeyFile: 'key' })).toEqual({
    ...{ baseUrl: 'https://host/v1', apiKeyFile: 'key' },
  });
});

test('paths are meant from where they were given', () => {
  const flags = { promptFile: 'p.md', preset: 'summary', schema: '/s.json', model: 'a/b', ordered: true };
  expect(flagsFrom(flags, '/there', '/there')).toEqual(flags);
  expect(flagsFrom(flags, '/there', '/here')).toEqual({ ...flags, promptFile: '/there/p.md' });
  expect(flagsFrom({ preset: './mine' }, '/there', '/here')).toEqual({ preset: '/there/mine' });
});
