import { expect, it } from 'vitest';
import { toNetworkError } from '../../src/provider/network-error.ts';

const before = { host: 'api.example.com', status: undefined, bytes: 0 };

it.each([
  [{ code: 'ENOTFOUND', hostname: 'api.exmaple.com' }, 'host not found: api.exmaple.com (ENOTFOUND)'],
  [{ code: 'EAI_AGAIN', hostname: 'h' }, 'host name could not be looked up: h (EAI_AGAIN)'],
  [{ code: 'ECONNREFUSED', address: '::1', port: 8000 }, 'connection refused at [::1]:8000 (ECONNREFUSED)'],
  [{ code: 'ECONNRESET' }, 'connection reset by the server (ECONNRESET)'],
  [{ code: 'ETIMEDOUT' }, 'no connection to api.example.com (ETIMEDOUT)'],
  [
    { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    'no trusted TLS connection to api.example.com: what happened (DEPTH_ZERO_SELF_SIGNED_CERT)',
  ],
  [{ code: 'EMFILE' }, 'connection to api.example.com failed: what happened (EMFILE)'],
  [{}, 'connection to api.example.com failed: what happened (Error)'],
])('shows %j by its code', (fields, message) => {
  const error = toNetworkError(Object.assign(new Error('what happened'), fields), before);
  expect(error).toMatchObject({ code: 'connection', message });
  expect(error.retryable).toBe(true);
});
