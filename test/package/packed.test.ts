import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { resultRowSchema } from '../../src/output/row-schema.ts';
import { codeBlocks } from './markdown.ts';
import { newFolder, ROOT, runIn } from './shell.ts';

const TARBALL = `gistmill-${manifest.version}.tgz`;
const EXAMPLES = codeBlocks('docs/library.md', 'ts');

/** npm needs to know its registry and cache, but nothing of the npm or npx that runs these tests. */
const NPM_ENV = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^npm_|^INIT_CWD$/i.test(name) || /^npm_config_(registry|cache|\w*config|\/\/)/i.test(name),
  ),
) as Record<string, string>;

let folder: string;

// Packed without the scripts, since a build would clean `dist` while other tests use it.
beforeAll(async () => {
  expect(existsSync(join(ROOT, 'dist/main.js')), 'npm run build comes first').toBe(true);
  folder = await newFolder();
  await npm(ROOT, 'pack', '--ignore-scripts', '--pack-destination', folder);
  const quickly = ['--prefer-offline', '--no-audit', '--no-fund'];
  // What is optional is left out: it takes minutes to compile, and nothing here may need it.
  await npm(folder, 'install', ...quickly, '--omit=optional', `./${TARBALL}`);
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

async function npm(cwd: string, ...args: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await runIn(cwd, ['npm', ...args], NPM_ENV);
  expect(exitCode, stderr).toBe(0);
}

function npx(...args: readonly string[]) {
  return runIn(folder, ['npx', '--no-install', ...args], NPM_ENV);
}

test('the package holds what it needs and nothing else', () => {
  const installed = join(folder, 'node_modules/gistmill');
  expect(readdirSync(installed).sort()).toEqual(
    ['.env.example', 'CHANGELOG.md', 'LICENSE', 'README.md', 'bin', 'dist', 'docs', 'package.json'].sort(),
  );
});

test('the installed command summarises a file in an otherwise empty folder', async () => {
  const texts = await readFile(join(ROOT, 'fixtures/articles.txt'), 'utf8');
  await writeFile(join(folder, 'articles.txt'), texts);
  const { exitCode, stdout, stderr } = await npx('gistmill', 'articles.txt');
  expect(exitCode, stderr).toBe(0);
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => resultRowSchema.parse(JSON.parse(line)));
  const indices = rows.map(({ index }) => index).sort((a, b) => a - b);
  expect(indices).toEqual(
    texts
      .trimEnd()
      .split('\n')
      .map((_, index) => index),
  );
  expect(rows.every(({ status }) => status === 'ok')).toBe(true);
});

test('the installed command knows its version and its help', async () => {
  expect(await npx('gistmill', '--version')).toMatchObject({ exitCode: 0, stdout: `${manifest.version}\n` });
  expect((await npx('gistmill', '--help')).stdout).toMatch(/^Usage: gistmill/);
});

describe('the library', () => {
  let compiled: Awaited<ReturnType<typeof runIn>>;

  /** A consumer's project with the examples of docs/library.md; the compiler and Node's types are the repository's. */
  beforeAll(async () => {
    const options = { module: 'nodenext', target: 'es2022', strict: true, types: ['node'], outDir: 'out' };
    await mkdir(join(folder, 'node_modules/@types'), { recursive: true });
    await symlink(join(ROOT, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'));
    await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, include: ['*.ts'] }),
    );
    for (const [number, { code }] of EXAMPLES.entries())
      await writeFile(join(folder, `example-${number}.ts`), code);
    compiled = await runIn(folder, [process.execPath, join(ROOT, 'node_modules/typescript/bin/tsc')]);
  }, 60_000);

  test('has types that a strict consumer compiles against', () => {
    expect(compiled.exitCode, compiled.stdout).toBe(0);
  });

  test.each(EXAMPLES.map(({ place }, number) => ({ place, number })))(
    'runs as in $place',
    async ({ number }) => {
      const { exitCode, stdout, stderr } = await runIn(folder, [
        process.execPath,
        `out/example-${number}.js`,
      ]);
      expect(exitCode, stderr).toBe(0);
      expect(stdout).not.toBe('');
    },
  );
});
