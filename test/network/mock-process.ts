import type { MockStats } from '../../src/mock/stats.ts';
import { type Ended, start } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';

export interface MockProcess {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  stats(): Promise<MockStats>;
}

/** Runs `use` against `gistmill mock` in a process of its own, and ends that by SIGTERM. */
export async function withMock<T>(
  args: readonly string[],
  use: (mock: MockProcess) => Promise<T>,
): Promise<{ readonly result: T; readonly ended: Ended }> {
  const { path } = await makeFolder();
  const running = start(['mock', '--port', '0', ...args], { cwd: path });
  try {
    const [, url = ''] = await running.stderrMatch(/endpoint at (http:\S+)\/v1 \(statistics: \S+\/stats\)\n/);
    const stats = async (): Promise<MockStats> => (await fetch(`${url}/stats`)).json() as Promise<MockStats>;
    const result = await use({ url, stats });
    running.child.kill('SIGTERM');
    return { result, ended: await running.ended };
  } finally {
    running.child.kill('SIGKILL');
  }
}
