/**
 * A TLS endpoint that offers HTTP/2 and HTTP/1.1: `http2-server.ts key.pem cert.pem` prints its URL. The path says what
 * happens: `/after/20` answers after 20 ms, `/reset` dies half way through the answer, `/goaway` asks the client to
 * open no more streams on that connection, as servers do after some time or number of requests, and answers all the same.
 */
import { readFileSync } from 'node:fs';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';

const [keyFile = '', certFile = '', maxConcurrentStreams = '128'] = process.argv.slice(2);
const ANSWER = JSON.stringify({ choices: [{ message: { content: 'a summary '.repeat(40) } }] });
/** How long `/goaway` and its neighbours take, so that some are in flight when it is sent. */
const GOAWAY_AFTER_MS = 50;

const server = createSecureServer({
  key: readFileSync(keyFile),
  cert: readFileSync(certFile),
  allowHTTP1: true,
  settings: { maxConcurrentStreams: Number(maxConcurrentStreams) },
});
server.on('request', (request, response) => {
  request.resume();
  request.once('end', () => reply(request, response));
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`https://localhost:${(server.address() as AddressInfo).port}\n`);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));

function reply(request: Http2ServerRequest, response: Http2ServerResponse): void {
  const [, what, ms = '0'] = request.url.split('/');
  const isH2 = request.httpVersionMajor === 2;
  const answer = (): void => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(ANSWER);
  };
  if (what === 'reset') {
    response.writeHead(200, { 'content-length': '5000' });
    response.write('half of it', () => (isH2 ? response.stream.close(2) : request.socket.destroy()));
    return;
  }
  if (what === 'goaway') setTimeout(() => isH2 && response.stream.session?.goaway(0), GOAWAY_AFTER_MS);
  const delayMs = what === 'goaway' ? GOAWAY_AFTER_MS * 2 : Number(ms);
  if (delayMs > 0) setTimeout(answer, delayMs);
  else answer();
}
