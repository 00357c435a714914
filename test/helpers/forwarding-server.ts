import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

const open: { close(): void }[] = [];
afterAll(() => {
  for (const server of open.splice(0)) server.close();
});

/** `before`: the request has come and is not passed on yet; `after`: it was answered, and nobody knows yet. */
export type Moment = (phase: 'before' | 'after', call: string) => void | Promise<void>;

/**
 * Passes requests on to another server, and tells of each twice; it ends with the tests of the file. Resolves to its URL.
 */
export async function startForwarding(target: string, onMoment: Moment): Promise<string> {
  const server = createServer((incoming, response) => {
    void forward(incoming).then(({ status, headers, body }) => {
      response.writeHead(status, headers);
      response.end(body);
    });
  });
  const forward = async (incoming: IncomingMessage) => {
    const body = await whole(incoming);
    const call = `${incoming.method} ${incoming.url?.replace(/\?.*/, '')}`;
    await onMoment('before', call);
    const answer = await send(new URL(incoming.url ?? '', target), incoming, body);
    await onMoment('after', call);
    return answer;
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function send(url: URL, { method, headers }: IncomingMessage, body: Buffer) {
  return new Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }>(
    (resolve, reject) => {
      const sent = request(url, { method, headers: { ...headers, host: url.host } }, (reply) => {
        whole(reply).then(
          (answer) => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: answer }),
          reject,
        );
      });
      sent.on('error', reject);
      sent.end(body);
    },
  );
}

async function whole(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
