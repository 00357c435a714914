import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Agent } from 'undici';
import { type Finding, median } from './report.ts';

const TSX = fileURLToPath(new URL('../node_modules/tsx/dist/cli.mjs', import.meta.url));
/** Makes the certificate; it has to be installed. */
const OPENSSL = 'openssl';
const SERVER = fileURLToPath(new URL('http2-server.ts', import.meta.url));
const BODY = JSON.stringify({ model: 'bench', messages: [{ role: 'user', content: 'x '.repeat(1000) }] });
const HEADERS = { 'content-type': 'application/json', authorization: `Bearer ${'k'.repeat(40)}` };
/** Most requests at a time on one connection of HTTP/2. */
const STREAMS = 100;

interface Way {
  readonly name: string;
  readonly options: (concurrency: number) => Agent.Options;
  /** undici sends nothing beside a POST on the same connection unless told that it may be sent twice. */
  readonly idempotent?: boolean;
}

const WAYS: readonly Way[] = [
  { name: 'HTTP/1.1', options: (connections) => ({ connections, pipelining: 1 }) },
  {
    name: 'HTTP/2, one at a time',
    options: (connections) => ({ allowH2: true, connections, pipelining: 1 }),
  },
  {
    name: 'HTTP/2, 16 at a time',
    options: (concurrency) => ({ allowH2: true, connections: concurrency / 16, pipelining: 16 }),
    idempotent: true,
  },
  {
    name: `HTTP/2, ${STREAMS} at a time`,
    options: (concurrency) => ({
      ...{ allowH2: true, connections: Math.ceil(concurrency / STREAMS), pipelining: STREAMS },
    }),
    idempotent: true,
  },
];
const LOADS = [
  { concurrency: 64, latencyMs: 0, requests: 4000 },
  { concurrency: 256, latencyMs: 0, requests: 4000 },
  { concurrency: 64, latencyMs: 20, requests: 4000 },
  { concurrency: 256, latencyMs: 20, requests: 4000 },
];

/** Requests/s and CPU time a request over TLS, and what becomes of requests in flight when something breaks. */
export async function http2(directory: string, runs = 5): Promise<Finding[]> {
  const server = await startServer(directory);
  try {
    const findings: Finding[] = [];
    for (const load of LOADS) findings.push(...(await compare(server, load, runs)));
    for (const way of WAYS) findings.push(await breakThings(server, way));
    for (const way of WAYS) findings.push(await boundThings(directory, way));
    return findings;
  } finally {
    await server.close();
  }
}

interface Server {
  readonly url: string;
  readonly ca: Buffer;
  close(): Promise<void>;
}

async function startServer(directory: string, mostStreams = 128): Promise<Server> {
  const [key, cert] = [`${directory}/key.pem`, `${directory}/cert.pem`];
  execFileSync(
    OPENSSL,
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-keyout', key, '-out', cert, '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
    ],
    { stdio: 'ignore' },
  );
  const child = spawn(process.execPath, [TSX, SERVER, key, cert, String(mostStreams)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error('the server did not start')));
    child.stdout.once('data', (chunk) => resolve(String(chunk).trim()));
  });
  return {
    url,
    ca: readFileSync(cert),
    close: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.stdin.end();
      }),
  };
}

function open({ ca }: Server, options: Agent.Options): Agent {
  return new Agent({ ...options, headersTimeout: 0, bodyTimeout: 0, connect: { ca } });
}

async function post(agent: Agent, url: string, idempotent = false, signal?: AbortSignal): Promise<number> {
  const { statusCode, body } = await agent.request({
    ...{ origin: new URL(url).origin, path: new URL(url).pathname, method: 'POST' },
    ...{ headers: HEADERS, body: BODY, idempotent, ...(signal && { signal }) },
  });
  await body.text();
  return statusCode;
}

interface Load {
  readonly concurrency: number;
  readonly latencyMs: number;
  readonly requests: number;
}

async function compare(server: Server, load: Load, runs: number): Promise<Finding[]> {
  const rounds = WAYS.map((): { perSecond: number; cpuUs: number }[] => []);
  // In turn, so that what else the machine does falls on all alike.
  for (let round = 0; round < runs; round++) {
    for (const [i, way] of WAYS.entries()) rounds[i]?.push(await drive(server, way, load));
  }
  return WAYS.map(({ name }, i) => {
    const perSecond = median((rounds[i] ?? []).map((round) => round.perSecond));
    const cpuUs = median((rounds[i] ?? []).map((round) => round.cpuUs));
    return {
      name: `${load.concurrency} in flight, ${load.latencyMs} ms, ${name}`,
      value: `${perSecond.toFixed(0)} requests/s, ${cpuUs.toFixed(0)} µs of CPU each`,
      aim: '',
    };
  });
}

async function drive(server: Server, way: Way, load: Load): Promise<{ perSecond: number; cpuUs: number }> {
  const agent = open(server, way.options(load.concurrency));
  const url = `${server.url}/after/${load.latencyMs}`;
  const run = async (requests: number): Promise<void> => {
    let left = requests;
    const worker = async (): Promise<void> => {
      while (left-- > 0) if ((await post(agent, url, way.idempotent)) !== 200) throw new Error('not 200');
    };
    await Promise.all(Array.from({ length: load.concurrency }, worker));
  };
  await run(load.concurrency * 4);
  const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
  await run(load.requests);
  const { user, system } = process.cpuUsage(cpu);
  const ms = performance.now() - startedAt;
  await agent.destroy();
  return { perSecond: (load.requests * 1000) / ms, cpuUs: (user + system) / load.requests };
}

/** So many requests at once, of which one meets a fault: what becomes of the others. */
const NEIGHBOURS = 50;

async function breakThings(server: Server, way: Way): Promise<Finding> {
  const told: string[] = [];
  for (const fault of ['reset', 'goaway', 'cancel'] as const) {
    const agent = open(server, way.options(NEIGHBOURS));
    const send = (path: string, signal?: AbortSignal): Promise<number> =>
      post(agent, `${server.url}/${path}`, way.idempotent, signal);
    await send('after/0');
    const neighbours = Array.from({ length: NEIGHBOURS - 1 }, () => send('after/100'));
    for (const each of neighbours) each.catch(() => {});
    const broken = fault === 'cancel' ? send('after/100', AbortSignal.timeout(50)) : send(fault);
    const own = await broken.then(String, ({ code, name }) => (typeof code === 'string' ? code : name));
    const failed = (await Promise.allSettled(neighbours)).filter(({ status }) => status === 'rejected');
    told.push(`${fault}: ${own}, ${failed.length} others lost`);
    await agent.destroy();
  }
  return { name: `a fault among ${NEIGHBOURS} in flight, ${way.name}`, value: told.join('; '), aim: '' };
}

/** What becomes of requests beyond the streams that a server allows, and of answers beyond the size that is. */
async function boundThings(directory: string, way: Way): Promise<Finding> {
  const server = await startServer(directory, 10);
  const count = async (options: Agent.Options): Promise<number> => {
    const agent = open(server, options);
    const sent = Array.from({ length: NEIGHBOURS }, () =>
      post(agent, `${server.url}/after/50`, way.idempotent),
    );
    const settled = await Promise.allSettled(sent);
    await agent.destroy();
    return settled.filter(({ status }) => status === 'rejected').length;
  };
  const options = way.options(NEIGHBOURS);
  const [streams, sizes] = [await count(options), await count({ ...options, maxResponseSize: 100 })];
  await server.close();
  return {
    name: `${NEIGHBOURS} at once, the server takes 10 a connection, ${way.name}`,
    value: `${streams} fail; ${sizes} do where answers are 4 times as long as is allowed`,
    aim: '',
  };
}
