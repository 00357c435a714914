import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT_MEANINGS } from '../../src/core/exit-codes.ts';
import { anchors, codeBlocks, localLinks } from './markdown.ts';
import { linkCommand, newFolder, ROOT, runIn } from './shell.ts';

const PAGES = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)].filter((page) =>
  page.endsWith('.md'),
);
const RECIPES = PAGES.flatMap((page) => codeBlocks(page, 'sh')).filter(({ isMarked }) => !isMarked);

/** Programs in the recipes that a machine may lack; `.ci/run` installs them. */
const OPTIONAL = ['jq', 'curl'];

let mock: Awaited<ReturnType<typeof startMock>>;
let other: Server;

beforeAll(async () => {
  expect(existsSync(join(ROOT, 'dist/main.js')), 'npm run build comes first').toBe(true);
  mock = await startMock();
  other = createServer(async (request, response) => {
    const { text } = (await json(request)) as { text: string };
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ summary: text.slice(0, 80) }));
  });
  await once(other.listen(0, '127.0.0.1'), 'listening');
});

afterAll(async () => {
  mock.child.kill();
  other.close();
  await once(mock.child, 'exit');
});

async function startMock() {
  const args = ['bin/gistmill.js', 'mock', '--port', '0', '--batch-time', '1s'];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] });
  const [line] = await once(child.stderr, 'data');
  const port = /127\.0\.0\.1:(\d+)/.exec(String(line))?.[1] ?? '';
  return { child, port };
}

/** The ports that the pages speak of, as they are here. */
function here(code: string): string {
  const { port } = other.address() as AddressInfo;
  return code
    .replaceAll('127.0.0.1:8089', `127.0.0.1:${mock.port}`)
    .replaceAll('127.0.0.1:9000', `127.0.0.1:${port}`);
}

/** A folder as the recipes suppose it: articles, documents, the command. */
async function prepare(): Promise<string> {
  const folder = await newFolder();
  for (const name of ['articles.txt', 'articles.jsonl', 'broken.jsonl', 'references.jsonl']) {
    await cp(join(ROOT, 'fixtures', name), join(folder, name));
  }
  await cp(join(ROOT, 'fixtures/documents'), join(folder, 'docs'), { recursive: true });
  await cp(join(ROOT, 'fixtures/books/moby-dick.txt'), join(folder, 'book.txt'));
  await linkCommand(join(folder, 'bin'));
  return folder;
}

function isThere(program: string): boolean {
  try {
    execFileSync('bash', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.concurrent('every recipe of the pages runs as it stands', () => {
  for (const { place, code } of RECIPES) {
    const missing = OPTIONAL.filter((program) => code.includes(program) && !isThere(program));
    test.skipIf(missing.length > 0)(place, async ({ expect }) => {
      const folder = await prepare();
      try {
        const { exitCode, stderr } = await runIn(folder, [
          'bash',
          '--norc',
          '-euo',
          'pipefail',
          '-c',
          here(code),
        ]);
        expect(exitCode, stderr).toBe(0);
        expect(stderr).not.toMatch(/Warning:|unexpected error/);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  }
});

test.each(PAGES)('the links of %s lead to something', (page) => {
  for (const target of localLinks(page)) {
    const [file = '', anchor] = target.split('#');
    const found = file === '' ? page : join(dirname(page), file);
    expect(existsSync(join(ROOT, found)), target).toBe(true);
    if (anchor !== undefined) expect(anchors(found), target).toContain(anchor);
  }
});

test('the README lists every exit code', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| (\d+) +\| (.*?) +\|$/gm)].map((row) => [Number(row[1]), row[2]]);
  expect(rows).toEqual(EXIT_MEANINGS);
});
