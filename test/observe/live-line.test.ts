import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startLiveLine } from '../../src/observe/live-line.ts';
import { createRedactor } from '../../src/observe/redact.ts';
import { StderrWriter } from '../../src/observe/stderr.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';
import { FakeTerminal } from './fake-terminal.ts';

const SPINNER = /^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏\-\\|/] /u;

let terminal: FakeTerminal;
let clock: VirtualClock;
let words: string;
let stop: () => void;

async function start(colour = false): Promise<void> {
  stop = await startLiveLine({ stream: terminal, clock, colour, text: (width) => words.slice(0, width) });
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  terminal = new FakeTerminal(40);
  clock = new VirtualClock();
  words = '1 done';
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

/** Lets the words change, and the spinner turn. */
async function pass(ms: number): Promise<void> {
  await clock.advance(ms);
  vi.advanceTimersByTime(ms);
}

const shown = (): string[] => terminal.screen.map((row) => row.replace(SPINNER, '* '));

describe('the moving line', () => {
  it('is there at once, follows the words, and leaves nothing behind', async () => {
    await start();
    expect(shown()).toEqual(['* 1 done']);
    words = '22 done';
    await pass(300);
    expect(shown()).toEqual(['* 22 done']);
    stop();
    expect(terminal.screen).toEqual([]);
    expect(clock.pending).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stays below what else is written', async () => {
    await start();
    const stderr = new StderrWriter(terminal, createRedactor([]));
    stderr.line('warn: one');
    stderr.line('warn: two\nhint: three');
    await pass(300);
    expect(shown()).toEqual(['warn: one', 'warn: two', 'hint: three', '* 1 done']);
    stop();
    stderr.line('ok 1');
    expect(terminal.screen).toEqual(['warn: one', 'warn: two', 'hint: three', 'ok 1']);
  });

  it('is drawn ten times a second at most', async () => {
    await start();
    const before = terminal.raw.split('done').length;
    await pass(1000);
    expect(terminal.raw.split('done').length - before).toBeLessThanOrEqual(10);
  });

  it('keeps to the width of the terminal, also when that changes', async () => {
    words = 'x'.repeat(200);
    await start();
    expect(shown()).toEqual([`* ${'x'.repeat(37)}`]);
    terminal.narrow(16);
    expect(shown()).toEqual([`* ${'x'.repeat(13)}`]);
    terminal.narrow(60);
    expect(shown()).toEqual([`* ${'x'.repeat(57)}`]);
    await pass(300);
    expect(shown()).toEqual([`* ${'x'.repeat(57)}`]);
  });

  it('spares the lines above it when the terminal becomes narrower', async () => {
    words = 'x'.repeat(200);
    await start();
    new StderrWriter(terminal, createRedactor([])).line('warn: one');
    terminal.narrow(10);
    expect(shown()).toEqual(['warn: one', `* ${'x'.repeat(7)}`]);
  });

  it('waits while the terminal has no width', async () => {
    await start();
    terminal.narrow(0);
    await pass(300);
    expect(terminal.screen).toEqual([]);
    terminal.narrow(40);
    expect(shown()).toEqual(['* 1 done']);
  });

  it('leaves the cursor and stdin alone, and has no colour unless asked', async () => {
    const listeners = process.stdin.listenerCount('data');
    await start();
    await pass(300);
    expect(terminal.raw).not.toContain('\u001b[?25l');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes are what is looked for
    expect(terminal.raw).not.toMatch(/\u001b\[[\d;]*m/);
    expect(process.stdin.listenerCount('data')).toBe(listeners);
  });
});
