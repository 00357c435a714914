import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A fresh folder for the test file that calls this; gone when its tests have run. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'gistmill-output-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
