import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LimitUse } from '../../src/core/limit-use.ts';
import { LimitUseFile } from '../../src/journal/limit-use-file.ts';
import { makeFolder } from '../helpers/folder.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';

const DAY = 86_400_000;
const OWNER = { endpoint: 'https://example.com/v1', model: 'm' };

async function opened(name = 'out.jsonl.gistmill-limits', content?: string) {
  const { path: folder } = await makeFolder(content === undefined ? {} : { [name]: content });
  const path = join(folder, name);
  const clock = new VirtualClock();
  const open = async (owner = OWNER) => {
    const file = await LimitUseFile.open({ path, owner, clock });
    const troubles: string[] = [];
    file.onTrouble((text) => troubles.push(text));
    return { file, troubles };
  };
  const use = (amount: number, at = clock.epochMs()): LimitUse => ({
    ...{ unit: 'requests', windowMs: DAY, taken: [[at, amount]] },
  });
  return { ...{ folder, path, clock, open, use }, read: () => readFileSync(path, 'utf8') };
}

/** Runs the clock until what was begun in the file system is done. */
async function pass(clock: VirtualClock, ms: number): Promise<void> {
  await clock.advance(ms);
  await new Promise((resolve) => setTimeout(resolve, 50));
}

describe('what is kept of limits', () => {
  it('is there for the next run, for the same endpoint and model alone', async () => {
    const { open, use } = await opened();
    const first = await open();
    expect(first.file.earlier).toEqual([]);
    first.file.follow(() => [use(3)]);
    await first.file.close();

    expect((await open()).file.earlier).toMatchObject([use(3)]);
    const other = await open({ ...OWNER, model: 'other' });
    expect(other.file.earlier).toEqual([]);
    other.file.follow(() => [use(8)]);
    await other.file.close();
    expect((await open()).file.earlier).toMatchObject([use(3)]);
    expect((await open({ ...OWNER, model: 'other' })).file.earlier).toMatchObject([use(8)]);
  });

  it('is written within seconds of a change, and not when nothing has changed', async () => {
    const { clock, open, use, read, path } = await opened();
    const { file } = await open();
    let amount = 1;
    const at = clock.epochMs();
    file.follow(() => [use(amount, at)]);
    await pass(clock, 2000);
    expect(JSON.parse(read()).used).toMatchObject([{ ...OWNER, unit: 'requests', taken: [[at, 1]] }]);
    await rm(path);
    await pass(clock, 2000);
    expect(existsSync(path)).toBe(false);
    amount = 2;
    await pass(clock, 2000);
    expect(JSON.parse(read()).used).toMatchObject([{ taken: [[at, 2]] }]);
    await file.close();
    expect(clock.pending).toBe(0);
  });

  it('keeps a limit that this run has not, until its window is over', async () => {
    const { clock, open, use } = await opened();
    const first = await open();
    first.file.follow(() => [use(3), { ...use(500), unit: 'tokens' }]);
    await first.file.close();
    await clock.advance(DAY / 2);
    const second = await open();
    second.file.follow(() => [
      { ...use(4), taken: [...(second.file.earlier[0]?.taken ?? []), [clock.epochMs(), 4]] },
    ]);
    await second.file.close();
    expect((await open()).file.earlier.map(({ unit, taken }) => [unit, taken.length])).toEqual([
      ['tokens', 1],
      ['requests', 2],
    ]);
    await clock.advance(0.52 * DAY);
    const third = await open();
    third.file.follow(() => []);
    await third.file.close();
    expect((await open()).file.earlier.map(({ unit, taken }) => [unit, taken.length])).toEqual([
      ['requests', 1],
    ]);
  });

  it('makes no file where nothing was taken', async () => {
    const { open, path } = await opened();
    const { file } = await open();
    file.follow(() => [{ unit: 'requests', windowMs: DAY, taken: [] }]);
    await file.close();
    expect(existsSync(path)).toBe(false);
  });

  it.each([
    ['no JSON', '{"gistmill":"limits","version":1,"us'],
    ['another file', '{"gistmill":"journal","version":1,"used":[]}'],
    ['another version', '{"gistmill":"limits","version":2,"used":[]}'],
    ['times that are none', JSON.stringify({ gistmill: 'limits', version: 1, used: [entry([['x', 1]])] })],
    ['amounts that are none', JSON.stringify({ gistmill: 'limits', version: 1, used: [entry([[1, -1]])] })],
    [
      'an unknown unit',
      JSON.stringify({ gistmill: 'limits', version: 1, used: [{ ...entry([]), unit: 'x' }] }),
    ],
    ['nothing', ''],
  ])('is ignored with one warning where it is %s, and written anew', async (_, content) => {
    const { open, use } = await opened(undefined, content);
    const { file, troubles } = await open();
    expect(file.earlier).toEqual([]);
    expect(troubles).toEqual([
      expect.stringMatching(
        /gistmill-limits cannot be read: earlier runs do not count against the limits by the day$/,
      ),
    ]);
    file.follow(() => [use(1)]);
    await file.close();
    expect(troubles).toHaveLength(1);
    expect((await open()).file.earlier).toMatchObject([use(1)]);
  });

  it('warns once where it cannot be written, and goes on', async () => {
    const { clock, folder, path, open, use } = await opened();
    await mkdir(path);
    await writeFile(join(path, 'in the way'), '');
    await chmod(folder, 0o755);
    const { file, troubles } = await open();
    expect(troubles.splice(0)).toHaveLength(1);
    let amount = 0;
    file.follow(() => [use(++amount)]);
    await pass(clock, 2000);
    await pass(clock, 2000);
    await file.close();
    expect(troubles).toEqual([
      expect.stringMatching(
        /^what this run takes from the limits by the day may not count in the next one: /,
      ),
    ]);
    expect(existsSync(`${path}.tmp`)).toBe(false);
  });
});

function entry(taken: unknown) {
  return { ...OWNER, unit: 'requests', window_ms: DAY, taken };
}
