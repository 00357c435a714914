import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'tsdown';

/** Inside the project, so that the built files find its dependencies. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));

export interface BuiltTextTools {
  /** `open-text-tools.js`, with `text-worker.js` beside it as in `dist`. */
  readonly toolsUrl: URL;
  readonly workerUrl: URL;
  remove(): Promise<void>;
}

/** Builds the room as the package is built, since a worker thread of Node 20 loads no TypeScript. */
export async function buildTextTools(): Promise<BuiltTextTools> {
  await mkdir(CACHE, { recursive: true });
  const outDir = await mkdtemp(`${CACHE}gistmill-chunks-`);
  await build({
    config: false,
    entry: ['src/chunks/open-text-tools.ts', 'src/chunks/text-worker.ts'],
    outDir,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    fixedExtension: false,
    clean: false,
    dts: false,
    logLevel: 'silent',
  });
  const base = pathToFileURL(`${outDir}/`);
  return {
    toolsUrl: new URL('open-text-tools.js', base),
    workerUrl: new URL('text-worker.js', base),
    remove: () => rm(outDir, { recursive: true, force: true }),
  };
}
