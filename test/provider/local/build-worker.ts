import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'tsdown';

/** Inside the project, so that the built files find its dependencies. */
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/', import.meta.url));

export interface BuiltProvider {
  /** `local-provider.js`, with `summarise-worker.js` beside it as in `dist`. */
  readonly providerUrl: URL;
  readonly workerUrl: URL;
  remove(): Promise<void>;
}

/** Builds the provider as the package is built, since a worker thread of Node 20 loads no TypeScript. */
export async function buildProvider(): Promise<BuiltProvider> {
  await mkdir(CACHE, { recursive: true });
  const outDir = await mkdtemp(`${CACHE}gistmill-local-`);
  await build({
    config: false,
    entry: ['src/provider/local/local-provider.ts', 'src/provider/local/summarise-worker.ts'],
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
    providerUrl: new URL('local-provider.js', base),
    workerUrl: new URL('summarise-worker.js', base),
    remove: () => rm(outDir, { recursive: true, force: true }),
  };
}
