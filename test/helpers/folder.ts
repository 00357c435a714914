import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';

const made: string[] = [];
afterAll(async () => {
  for (const path of made) await rm(path, { recursive: true, force: true });
});

export interface Folder {
  readonly path: string;
  /** The content of a file, `''` where there is none. */
  read(name: string): string;
}

/** A new folder with these files, which goes when the tests of the file are over. */
export async function makeFolder(files: Readonly<Record<string, string | Buffer>> = {}): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'gistmill-cli-'));
  made.push(path);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  }
  return {
    path,
    read: (name) => (existsSync(join(path, name)) ? readFileSync(join(path, name), 'utf8') : ''),
  };
}
