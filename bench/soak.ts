/** `npm run soak -- [options]`: a job that is killed again and again, and what is left of it. See README.md here. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions } from './soak/options.ts';
import { figuresText } from './soak/print-figures.ts';
import { runSoak } from './soak/run-soak.ts';

const folder = await mkdtemp(join(tmpdir(), 'gistmill-soak-'));
try {
  const { options, json } = readOptions(process.argv.slice(2));
  const figures = await runSoak(options, folder);
  process.stdout.write(json ? `${JSON.stringify(figures, undefined, 2)}\n` : figuresText(figures));
  // What went wrong can be looked at.
  if (figures.breaches.length > 0) process.stderr.write(`the files are in ${folder}\n`);
  else await rm(folder, { recursive: true });
  process.exitCode = figures.breaches.length > 0 ? 1 : 0;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
}
