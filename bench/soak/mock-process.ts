import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { MockStats } from '../../src/mock/stats.ts';
import type { AskAgain } from './expected.ts';

export interface MockProcess {
  /** Base of its API, `/v1` included. */
  readonly url: string;
  stats(): Promise<MockStats>;
  ask: AskAgain;
  close(): Promise<void>;
}

/** Starts the built `gistmill mock` on a free port. */
export async function startMockProcess(bin: string, flags: readonly string[]): Promise<MockProcess> {
  const child = spawn(process.execPath, [bin, 'mock', '--port', '0', ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`gistmill mock did not start: ${said}`)));
    child.stderr.on('data', (chunk) => {
      said += chunk;
      const found = /http:\/\/\S+\/v1/.exec(said);
      if (found !== null) resolve(found[0]);
    });
  });
  return {
    url,
    stats: async () => (await (await fetch(new URL('/stats', url))).json()) as MockStats,
    ask: (text) => ask(url, text),
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function ask(url: string, text: string): Promise<string> {
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'soak', messages: [{ role: 'user', content: text }] }),
  });
  const { choices } = (await response.json()) as {
    readonly choices?: readonly { readonly message: { readonly content: string } }[];
  };
  const answer = choices?.[0]?.message.content;
  if (answer === undefined) throw new Error(`the mock answered with ${response.status}`);
  return answer;
}
