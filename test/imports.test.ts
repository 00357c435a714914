import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const SRC = join(import.meta.dirname, '../src');
const ROOMS = [
  'catalog',
  'config',
  'input',
  'prompt',
  'answers',
  'engine',
  'provider',
  'output',
  'observe',
  'mock',
  'pricing',
  'tokens',
  'journal',
  'cache',
  'chunks',
  'lanes',
];
const ROOMS_BUT_OBSERVE = ROOMS.filter((room) => room !== 'observe');

/** What each part of `src` may import besides itself. `commands` joins the rooms; nothing imports it but the entry. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  ...Object.fromEntries(ROOMS.map((room) => [room, ['core']])),
  chunks: ['core', 'tokens'],
  // What a provider's name means has to be the same for all three.
  ...Object.fromEntries(['config', 'provider', 'pricing'].map((room) => [room, ['core', 'catalog']])),
  lanes: ['core', 'catalog', 'provider'],
  batch: ['core', ...ROOMS_BUT_OBSERVE],
  library: ['core', 'batch', ...ROOMS_BUT_OBSERVE],
  estimate: ['core', 'batch', 'engine', 'tokens', 'mock', 'observe'],
  doctor: ['core', 'catalog', 'config', 'provider', 'cache'],
  status: ['core', 'journal', 'output', 'prompt', 'provider', 'observe'],
  eval: ['core'],
  commands: ['core', 'batch', 'estimate', 'status', 'eval', 'doctor', ...ROOMS],
  'main.ts': ['core', 'commands'],
  'index.ts': ['core', 'library', ...ROOMS_BUT_OBSERVE],
};

/** Packages that these rooms keep to; the others take what they need. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  core: [],
  engine: ['lru-cache', 'node:crypto', 'node:events', 'p-queue'],
  answers: [
    'ajv',
    'ajv-formats',
    'ajv/dist/2019.js',
    'ajv/dist/2020.js',
    'eld/extrasmall',
    'jsonrepair',
    'node:fs/promises',
    'node:path',
  ],
  chunks: ['node:timers/promises', 'tinypool'],
  cache: ['better-sqlite3', 'node:fs', 'node:fs/promises', 'node:os', 'node:path'],
  catalog: [],
  pricing: ['@pydantic/genai-prices'],
  tokens: ['gpt-tokenizer/encoding/cl100k_base', 'gpt-tokenizer/encoding/o200k_base'],
  doctor: ['node:dns/promises', 'node:net', 'node:tls'],
  estimate: [],
  eval: [],
  status: ['csv-parse/sync', 'node:fs', 'node:fs/promises', 'node:stream', 'node:zlib', 'zod'],
  config: ['node:fs', 'node:fs/promises', 'node:path', 'node:util', 'yaml', 'zod'],
};

interface Module {
  readonly file: string;
  readonly part: string;
  /** Files in `src` that it imports, statically or when called. */
  readonly inside: readonly string[];
  /** Those that are loaded with it: no types, no dynamic imports. */
  readonly loaded: readonly string[];
  readonly packages: readonly string[];
  readonly usesProcess: boolean;
}

const MODULES: readonly Module[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map(readModule);

function readModule(file: string): Module {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(SRC, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const all: string[] = [];
  const loaded: string[] = [];
  let usesProcess = false;
  const visit = (node: ts.Node): void => {
    const name = importedName(node);
    if (name !== undefined) all.push(name);
    if (name !== undefined && isLoaded(node)) loaded.push(name);
    if (ts.isPropertyAccessExpression(node) && node.expression.getText() === 'process') usesProcess = true;
    ts.forEachChild(node, visit);
  };
  visit(source);
  const toFile = (name: string): string => relative(SRC, join(SRC, file, '..', name));
  return {
    file,
    part: partOf(file),
    inside: all.filter(isRelative).map(toFile),
    loaded: loaded.filter(isRelative).map(toFile),
    packages: all.filter((name) => !isRelative(name)),
    usesProcess: usesProcess || all.some((name) => /^(node:)?process$/.test(name)),
  };
}

/** `import … from`, `export … from`, `import()` as a call and as a type. */
function importedName(node: ts.Node): string | undefined {
  const name =
    ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
      ? node.moduleSpecifier
      : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
        ? node.arguments[0]
        : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
          ? node.argument.literal
          : undefined;
  return name !== undefined && ts.isStringLiteralLike(name) ? name.text : undefined;
}

function isLoaded(node: ts.Node): boolean {
  if (ts.isExportDeclaration(node)) return !node.isTypeOnly;
  return ts.isImportDeclaration(node) && !node.importClause?.isTypeOnly;
}

function isRelative(name: string): boolean {
  return name.startsWith('.');
}

function partOf(file: string): string {
  return file.split('/')[0] ?? file;
}

/** The files of one circle of imports, or undefined. */
function findCircle(): readonly string[] | undefined {
  const graph = new Map(MODULES.map(({ file, loaded }) => [file, loaded]));
  const cleared = new Set<string>();
  const search = (file: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (cleared.has(file)) return undefined;
    for (const next of graph.get(file) ?? []) {
      const circle = search(next, [...path, file]);
      if (circle !== undefined) return circle;
    }
    cleared.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const circle = search(file, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

describe('the rooms', () => {
  test('are all known to these rules', () => {
    const parts = new Set(MODULES.map(({ part }) => part));
    expect([...parts].filter((part) => MAY_IMPORT[part] === undefined)).toEqual([]);
  });

  test('import only what they may', () => {
    const breaches = MODULES.flatMap(({ file, part, inside }) =>
      inside
        // The package's own description lies outside src; it gives the version.
        .filter((target) => target !== '../package.json')
        .filter((target) => partOf(target) !== part && !MAY_IMPORT[part]?.includes(partOf(target)))
        .map((target) => `${file} imports ${target}`),
    );
    expect(breaches).toEqual([]);
  });

  test('import no package that is not theirs', () => {
    const breaches = MODULES.flatMap(({ file, part, packages }) =>
      packages
        .filter((name) => PACKAGES[part]?.includes(name) === false)
        .map((name) => `${file} imports ${name}`),
    );
    expect(breaches).toEqual([]);
  });

  test('write the names of built-in modules with node:', () => {
    const bare = MODULES.flatMap(({ packages }) => packages).filter(
      (name) => isBuiltin(name) && !name.startsWith('node:'),
    );
    expect(bare).toEqual([]);
  });

  test('leave process to the entry, and to the library, which has no entry', () => {
    const users = MODULES.filter(({ usesProcess }) => usesProcess).map(({ file }) => file);
    expect(users.filter((file) => file !== 'main.ts' && partOf(file) !== 'library')).toEqual([]);
  });

  test('have no circle of imports', () => {
    expect(findCircle()).toBeUndefined();
  });

  test('each say in a README.md what they hold', () => {
    const folders = readdirSync(SRC, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const silent = folders.filter(({ name }) => !readdirSync(join(SRC, name)).includes('README.md'));
    expect(silent.map(({ name }) => name)).toEqual([]);
  });
});

test('help loads nothing but commander and the tables', () => {
  const byFile = new Map(MODULES.map((module) => [module.file, module]));
  const seen = new Set<string>();
  const load = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const next of byFile.get(file)?.loaded ?? []) load(next);
  };
  load('main.ts');
  const packages = [...seen].flatMap((file) => byFile.get(file)?.packages ?? []);
  expect([...new Set(packages)].filter((name) => !name.startsWith('node:'))).toEqual(['commander']);
});
