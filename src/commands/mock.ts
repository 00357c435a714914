import { loadMockOptions } from '../config/load-config.ts';
import type { MockOptions } from '../config/mock-options.ts';
import { EXIT } from '../core/exit-codes.ts';
import { parseLatency } from '../mock/latency.ts';
import { startMockServer } from '../mock/start-mock-server.ts';
import { unfence } from '../prompt/fence.ts';
import { createSummariserPool } from '../provider/local/summariser-pool.ts';
import type { Io } from './io.ts';

function latenciesOf({ latency, tokenLatency }: MockOptions) {
  return {
    latency: parseLatency(latency),
    tokenLatency: parseLatency(tokenLatency, '--token-latency'),
  };
}

/** Serves the mock endpoint until a signal comes. */
export async function mockCommand(flags: Readonly<Record<string, unknown>>, io: Io): Promise<number> {
  const { options } = await loadMockOptions({ flags, env: io.env, cwd: io.cwd });
  const pool = createSummariserPool();
  try {
    const server = await startMockServer({ ...options, ...latenciesOf(options) }, (text) =>
      // Of our own prompt the document alone, so that its wording is not taken for the text.
      pool.summarise(unfence(text)),
    );
    io.stderr.write(
      `gistmill mock: an OpenAI-compatible endpoint at ${server.url}/v1 (statistics: ${server.url}/stats)\n`,
    );
    await new Promise<void>((resolve) => {
      const end = io.signals.onInterrupt(() => {
        end();
        resolve();
      });
    });
    await server.close();
    return EXIT.done;
  } finally {
    await pool.close();
  }
}
