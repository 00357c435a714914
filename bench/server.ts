/** The endpoint of the benchmarks, in a process of its own: `server.ts '{"rpm":6000}'` prints its URL. */
import { ServerResponse } from 'node:http';
import { startMockServer } from '../src/mock/start-mock-server.ts';

const { hideLimits, ...options } = JSON.parse(process.argv[2] ?? '{}');
if (hideLimits) sendNoLimits();
const server = await startMockServer({ port: 0, ...options }, (text) => text.slice(0, 200));
process.stdout.write(`${server.url}\n`);
process.stdin.resume();
process.stdin.on('end', () => server.close().then(() => process.exit(0)));

/** Leaves what tells of limits and waits out of every reply. */
function sendNoLimits(): void {
  const { writeHead } = ServerResponse.prototype;
  ServerResponse.prototype.writeHead = function (this: ServerResponse, status: number, headers: string[]) {
    const shown = headers.filter((_, i) => !/^(x-ratelimit|retry-after)/.test(headers[i - (i % 2)] ?? ''));
    return writeHead.call(this, status, shown as never);
  } as typeof writeHead;
}
