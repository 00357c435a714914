import { describe, expect, it } from 'vitest';
import { progressMode, wantsColour } from '../../src/observe/progress-mode.ts';

const auto = { progress: 'auto', quiet: false } as const;
const terminal = { isTTY: true };

describe('progressMode', () => {
  it.each([
    ['on a terminal the line moves', terminal, {}, 'live'],
    ['off a terminal lines are plain', {}, {}, 'line'],
    ['in CI lines are plain, terminal or not', terminal, { CI: '1' }, 'line'],
    ['CI=false is no CI', terminal, { CI: 'false' }, 'live'],
    ['on a dumb terminal lines are plain', terminal, { TERM: 'dumb' }, 'line'],
    ['on a terminal without width lines are plain', { isTTY: true, columns: 0 }, {}, 'line'],
    ['without colour the line still moves', terminal, { NO_COLOR: '1' }, 'live'],
  ])('%s', (_name, stderr, env, mode) => {
    expect(progressMode(auto, stderr, env)).toBe(mode);
  });

  it.each(['line', 'none', 'json'] as const)('--progress %s is obeyed on a terminal', (progress) => {
    expect(progressMode({ progress, quiet: false }, terminal, {})).toBe(progress);
  });

  it('--quiet overrules all', () => {
    expect(progressMode({ progress: 'json', quiet: true }, terminal, {})).toBe('none');
  });
});

it('NO_COLOR turns colour off unless it is empty', () => {
  expect(wantsColour({})).toBe(true);
  expect(wantsColour({ NO_COLOR: '' })).toBe(true);
  expect(wantsColour({ NO_COLOR: '0' })).toBe(false);
});
