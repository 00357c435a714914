import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PARTS = ['src/core', 'src/output', 'test/output/helpers'];

/** Translates what the writing program needs into `dir`, since Node 20 runs no TypeScript; returns its path. */
export function buildWriteRows(dir: string): string {
  const compilerOptions: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ES2022,
    rewriteRelativeImportExtensions: true,
  };
  const files = PARTS.flatMap((part) =>
    readdirSync(join(ROOT, part), { recursive: true, encoding: 'utf8' }).map((name) => join(part, name)),
  );
  for (const file of files.filter((name) => name.endsWith('.ts'))) {
    const { outputText } = ts.transpileModule(readFileSync(join(ROOT, file), 'utf8'), { compilerOptions });
    const target = join(dir, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
  }
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
  const library = 'node_modules/csv-stringify';
  for (const part of ['package.json', 'lib']) {
    cpSync(join(ROOT, library, part), join(dir, library, part), { recursive: true });
  }
  return join(dir, 'test/output/helpers/write-rows.js');
}

export interface ShellResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Runs a shell line with `$NODE` and the given variables set. */
export function shell(line: string, variables: Readonly<Record<string, string>>): Promise<ShellResult> {
  const env = { PATH: process.env.PATH, NODE: process.execPath, ...variables };
  return new Promise((resolve, reject) => {
    execFile('bash', ['--norc', '-c', line], { env, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === 'number') resolve({ stdout, stderr, exitCode: code });
      else reject(error);
    });
  });
}
