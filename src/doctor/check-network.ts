import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Env } from '../config/env-file.ts';
import { toNetworkError } from '../provider/network-error.ts';
import { proxyFor } from '../provider/proxy-env.ts';
import { type Check, type CheckName, ok, skipped } from './check.ts';
import { withoutSecrets } from './describe-settings.ts';

const LONGEST_MS = 10_000;

/** Proxy, host name and connection on the way to a URL, in this order. What cannot be tried after a failure is not. */
export async function checkNetwork(url: URL, env: Env): Promise<readonly Check[]> {
  const proxy = proxyFor(env, url);
  const through = proxy === undefined ? 'none' : `through ${withoutSecrets(proxy)}`;
  const proxyCheck = ok('proxy', through);
  const target = proxy ?? url;
  const dns = await checkName(target, proxy !== undefined);
  if (dns.status === 'failed') {
    return [proxyCheck, dns, skipped('connection', 'not tried: the host was not found')];
  }
  return [proxyCheck, dns, await checkConnection(target, proxy !== undefined)];
}

async function checkName(target: URL, isProxy: boolean): Promise<Check> {
  const host = hostOf(target);
  const whose = isProxy ? ' (the proxy; it looks up the endpoint itself)' : '';
  if (isIP(host) !== 0) return ok('dns', `${host} is an address, there is nothing to look up${whose}`);
  try {
    const found = await lookup(host, { all: true });
    return ok('dns', `${host} is ${found.map(({ address }) => address).join(', ')}${whose}`);
  } catch (error) {
    return unreached('dns', error, target);
  }
}

async function checkConnection(target: URL, isProxy: boolean): Promise<Check> {
  const isTls = target.protocol === 'https:';
  const whose = isProxy ? ' (the proxy)' : '';
  const began = performance.now();
  try {
    const socket = await open(target, isTls);
    const ms = Math.round(performance.now() - began);
    const secure = 'getProtocol' in socket ? `, ${describeTls(socket)}` : '';
    const text = `connected to ${target.hostname}:${portOf(target)} in ${ms} ms${secure}${whose}`;
    socket.destroy();
    return ok('connection', text);
  } catch (error) {
    return unreached('connection', error, target);
  }
}

function open(target: URL, isTls: boolean): Promise<Socket | TLSSocket> {
  const host = hostOf(target);
  const place = { host, port: portOf(target) };
  return new Promise((resolve, reject) => {
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const socket = isTls ? connectTls({ ...place, ...servername }) : connect(place);
    socket.setTimeout(LONGEST_MS, () => {
      const late = `no connection within ${LONGEST_MS / 1000} s`;
      socket.destroy(Object.assign(new Error(late), { code: 'ETIMEDOUT' }));
    });
    socket.once(isTls ? 'secureConnect' : 'connect', () => resolve(socket));
    socket.once('error', reject);
  });
}

function describeTls(socket: TLSSocket): string {
  const { valid_to: until } = socket.getPeerCertificate();
  const end =
    until === undefined ? '' : `, certificate good until ${new Date(until).toISOString().slice(0, 10)}`;
  return `${socket.getProtocol()}${end}`;
}

function unreached(name: CheckName, error: unknown, { host }: URL): Check {
  const { message, hint } = toNetworkError(firstOf(error), { host, status: undefined, bytes: 0 });
  return { name, status: 'failed', exitCode: 3, text: message, ...(hint !== undefined && { hint }) };
}

/** A host with several addresses fails with an error for each (Node.js, `net`, "autoSelectFamily"). */
function firstOf(error: unknown): Error {
  const [first] = error instanceof AggregateError ? error.errors : [];
  return first instanceof Error ? first : (error as Error);
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}
