import { ProviderError } from '../core/errors.ts';
import type { ErrorCode } from '../core/failures.ts';
import { oneLine } from './sanitise.ts';

/** How far an exchange had come when it failed. */
export interface Progress {
  /** `host:port` of the endpoint. */
  readonly host: string;
  /** Whether the reply's headers had arrived, and its status. */
  readonly status: number | undefined;
  /** Bytes of the body that had arrived. */
  readonly bytes: number;
}

interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

/** What Node.js and undici attach to their errors. */
interface SystemError extends Error {
  readonly code?: string;
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
}

const CHECK_URL = 'check the URL, and that the server runs';

/** Codes of faults before any reply, with what they mean (Node.js errors documentation; undici errors). */
const BEFORE_REPLY: Readonly<Record<string, (error: SystemError, host: string) => Omit<Fault, 'code'>>> = {
  ECONNREFUSED: (error, host) => ({
    message: `connection refused at ${place(error, host)}`,
    hint: CHECK_URL,
  }),
  ENOTFOUND: (error, host) => ({ message: `host not found: ${error.hostname ?? host}`, hint: CHECK_URL }),
  EAI_AGAIN: (error, host) => ({ message: `host name could not be looked up: ${error.hostname ?? host}` }),
  ECONNRESET: () => ({ message: 'connection reset by the server' }),
  EPIPE: () => ({ message: 'connection closed by the server while the request was sent' }),
  UND_ERR_SOCKET: () => ({ message: 'connection closed by the server before it answered' }),
  ETIMEDOUT: (error, host) => ({ message: `no connection to ${place(error, host)}` }),
  UND_ERR_CONNECT_TIMEOUT: (error, host) => ({ message: `no connection to ${place(error, host)}` }),
  EHOSTUNREACH: (error, host) => ({ message: `no route to ${place(error, host)}` }),
  ENETUNREACH: (error, host) => ({ message: `no route to ${place(error, host)}` }),
};

/** Codes of OpenSSL and of certificate checks (Node.js TLS documentation, "X509 certificate error codes"). */
const TLS_CODE = /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH)/;

/** A fault of the network as a `ProviderError` that shows its code. */
export function toNetworkError(thrown: Error, progress: Progress): ProviderError {
  const error: SystemError = thrown;
  const code = error.code ?? error.name;
  const fault = describe(error, code, progress);
  return new ProviderError(fault.code, `${fault.message} (${code})`, {
    hint: fault.hint,
    status: progress.status,
    cause: thrown,
  });
}

function describe(error: SystemError, code: string, { host, status, bytes }: Progress): Fault {
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return { code: 'response_too_large', message: `the answer is larger than ${bytes} bytes` };
  }
  if (code === 'UND_ERR_INVALID_ARG') return { code: 'internal', message: oneLine(error.message) };
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') {
    return { code: 'interrupted', message: 'the connection was closed from this side' };
  }
  if (status !== undefined)
    return { code: 'truncated_body', message: `the answer was cut short after ${bytes} bytes` };
  const tunnel = /^Proxy response \((\d+)\)/.exec(error.message)?.[1];
  if (tunnel !== undefined) {
    return {
      code: 'connection',
      message: `the proxy answered ${tunnel} instead of opening a tunnel to ${host}`,
    };
  }
  if (TLS_CODE.test(code)) {
    const hint = 'for a certificate of your own authority set NODE_EXTRA_CA_CERTS';
    return {
      code: 'connection',
      message: `no trusted TLS connection to ${host}: ${oneLine(error.message, 160)}`,
      hint,
    };
  }
  if (error.name === 'HTTPParserError') {
    return { code: 'connection', message: `what answers at ${host} does not speak HTTP`, hint: CHECK_URL };
  }
  const known = Object.hasOwn(BEFORE_REPLY, code) ? BEFORE_REPLY[code] : undefined;
  return {
    code: 'connection',
    ...(known?.(error, host) ?? { message: `connection to ${host} failed: ${oneLine(error.message, 160)}` }),
  };
}

/** The address that was tried, which with a proxy is the proxy's. */
function place({ address, port }: SystemError, host: string): string {
  if (address === undefined) return host;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
