/** The endpoint of the benchmarks, in a process of its own: `server.ts '{"rpm":6000}'` prints its URL. */
import { startMockServer } from '../src/mock/start-mock-server.ts';

const options = JSON.parse(process.argv[2] ?? '{}');
const server = await startMockServer({ port: 0, ...options }, (text) => text.slice(0, 200));
process.stdout.write(`${server.url}\n`);
process.stdin.resume();
process.stdin.on('end', () => server.close().then(() => process.exit(0)));
