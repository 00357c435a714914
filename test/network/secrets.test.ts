import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { answer } from '../helpers/endpoint.ts';
import { run, start } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { type ScriptedHandler, type ScriptedReply, startScriptedServer } from '../helpers/scripted-server.ts';

const KEY = 'sk-TEST-canary-0123456789abcdef';
/** Parts of the key count as well. */
const CANARY = /sk-T|canary/;

interface Trial {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly records?: number;
}

/** Runs with every way to talk switched on, and gives all that was said: both streams and every file. */
async function everythingSaid(baseUrl: string, trial: Trial = {}) {
  const { args = ['-m', 'm'], env = { GISTMILL_API_KEY: KEY }, records = 2 } = trial;
  const { path, read } = await makeFolder({ 'in.txt': 'A text.\n'.repeat(records) });
  const endpoint = ['in.txt', '--base-url', baseUrl, '--max-attempts', '2', '--concurrency', '1'];
  const talk = [
    '--log-level',
    'trace',
    '--progress',
    'json',
    '--summary-json',
    'sum.json',
    '-o',
    'out.jsonl',
  ];
  const settings = { cwd: path, env: { GISTMILL_DEBUG: '1', ...env } };
  const { stdout, stderr, exitCode } = await run([...endpoint, ...talk, ...args], settings);
  return { said: [stdout, stderr, await allFiles(path)].join('\n'), rows: read('out.jsonl'), exitCode };
}

async function allFiles(folder: string): Promise<string> {
  const names = await readdir(folder);
  const contents = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return contents.join('\n');
}

/** The same, against an endpoint that answers by script. */
async function saidAgainst(script: readonly ScriptedReply[] | ScriptedHandler, trial: Trial = {}) {
  const server = await startScriptedServer(script);
  try {
    return { ...(await everythingSaid(`${server.url}/v1`, trial)), requests: server.requests };
  } finally {
    await server.close();
  }
}

describe.concurrent('the key stands nowhere in what is said or written (case 62)', () => {
  it('when a 401 quotes it', async () => {
    const message = `Incorrect API key provided: ${KEY}. Find yours at https://x.example/?key=${KEY}`;
    const { said, exitCode, requests } = await saidAgainst([{ status: 401, body: { error: { message } } }]);
    expect(requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(exitCode).toBe(3);
    expect(said).toContain('Incorrect API key provided: ***');
    expect(said).not.toMatch(CANARY);
  });

  it.each([[[]], [['--log-file', 'log.jsonl']]])('when a 400 echoes the request, with %j', async (log) => {
    const echo: ScriptedHandler = ({ headers }) => ({
      status: 400,
      body: { error: { message: `bad header: ${headers.authorization}`, code: KEY, type: KEY } },
    });
    const { said, rows, exitCode } = await saidAgainst(echo, { args: ['-m', 'm', ...log] });
    expect(exitCode).toBe(1);
    expect(rows).toContain('bad header: Bearer ***');
    expect(said).not.toMatch(CANARY);
  });

  it('when a message is cut in the middle of it', async () => {
    const strange: ScriptedHandler = (_request, n) => {
      const text = `${'x'.repeat(80 + n)} ${KEY}`;
      return n % 2 === 0 ? { status: 400, body: text } : { body: { choices: [], text } };
    };
    const args = ['-m', 'm', '--max-attempts', '1'];
    const { said, rows } = await saidAgainst(strange, { args, records: 60 });
    expect(rows.split('\n')).toHaveLength(61);
    expect(rows).toContain('xxxx ***');
    expect(said).not.toMatch(CANARY);
  });

  it('when the endpoint redirects to another host, which gets no request', async () => {
    const other = await startScriptedServer([answer('Stolen.')]);
    try {
      const location = `${other.url}/v1/chat/completions?key=${KEY}`;
      const { said, exitCode } = await saidAgainst([{ status: 307, headers: { location } }]);
      expect(other.requests).toEqual([]);
      expect(exitCode).toBe(3);
      expect(said).toContain(`redirects to ${other.url}, which is not followed`);
      expect(said).not.toMatch(CANARY);
    } finally {
      await other.close();
    }
  });

  it('when it is the password or a parameter of the URL', async () => {
    const server = await startScriptedServer([{ status: 500, body: 'down' }]);
    try {
      const withPassword = server.url.replace('//', `//user:${KEY}@`);
      const { said, exitCode } = await everythingSaid(`${withPassword}/v1?api-key=${KEY}`, { env: {} });
      const basic = Buffer.from(`user:${KEY}`).toString('base64');
      expect(server.requests[0]?.headers.authorization).toBe(`Basic ${basic}`);
      expect(exitCode).toBe(1);
      expect(said).not.toMatch(CANARY);
      expect(said).not.toContain(basic);
    } finally {
      await server.close();
    }
  });

  it('when the host is not found', async () => {
    const baseUrl = `http://user:${KEY}@no-such-host.invalid/v1?key=${KEY}`;
    const args = ['-m', 'm', '--timeout', '2s', '--max-attempts', '1'];
    const { said, rows, exitCode } = await everythingSaid(baseUrl, { args });
    expect(exitCode).toBe(1);
    // Without any network a look-up may take longer than the timeout.
    expect(rows).toMatch(/"code":"(connection|timeout)"/);
    expect(said).not.toMatch(CANARY);
  });

  it.each([
    ['no model is named', `http://user:${KEY}@127.0.0.1:9/v1?key=${KEY}`, []],
    ['the scheme is wrong', `ftp://user:${KEY}@127.0.0.1:9/v1`, ['-m', 'm']],
    ['the port is wrong', `http://127.0.0.1:99999/v1?key=${KEY}`, ['-m', 'm']],
  ])('when %s', async (_what, baseUrl, args) => {
    const { said, exitCode } = await everythingSaid(baseUrl, { args });
    expect(exitCode).toBe(2);
    expect(said).not.toMatch(CANARY);
  });

  it.runIf(process.platform === 'linux')('in the command line that all processes see', async () => {
    const server = await startScriptedServer([{ hang: true }]);
    const { path } = await makeFolder({ '.env': `GISTMILL_API_KEY=${KEY}\n` });
    try {
      const running = start(['--base-url', server.url, '-m', 'm'], { input: 'A text.\n', cwd: path });
      await running.until(() => server.requests.length > 0);
      expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
      const proc = `/proc/${running.pid}`;
      expect(await readFile(`${proc}/cmdline`, 'latin1')).not.toMatch(CANARY);
      expect(await readFile(`${proc}/environ`, 'latin1')).not.toMatch(CANARY);
      running.child.kill('SIGKILL');
      await running.ended;
    } finally {
      await server.close();
    }
  });
});
