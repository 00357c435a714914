import { AppError } from '../core/errors.ts';
import { createMask, type Mask } from './sanitise.ts';

/** Where requests go, and what may be said about it. */
export interface Endpoint {
  /** The full URL without user information and fragment. */
  readonly url: string;
  /** The URL without its query, which may hold a key: fit for messages. */
  readonly shown: string;
  /** Headers that carry the credentials. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Takes the key and the URL's own secrets out of a text. */
  readonly mask: Mask;
}

/** Hosts to which plain HTTP is what a URL without a scheme means. */
const LOCAL_HOST =
  /^(localhost|127\.|0\.0\.0\.0|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[|[^./]+(:|\/|$))/i;

/**
 * Reads a URL as people write it: blanks around it, the scheme left out, user information within.
 * Throws `usage`, naming `option`, for what is no HTTP URL.
 */
export function parseUrl(written: string, option: string): URL {
  const trimmed = written.trim();
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(trimmed)?.[1]?.toLowerCase();
  const absolute = scheme === undefined ? `${usualScheme(trimmed)}://${trimmed}` : trimmed;
  const known = scheme === undefined || scheme === 'http' || scheme === 'https';
  if (trimmed === '' || !known || !URL.canParse(absolute)) {
    throw new AppError('usage', `${option} is not an HTTP URL`, {
      hint: 'write it like http://127.0.0.1:8000/v1',
    });
  }
  const url = new URL(absolute);
  url.hash = '';
  return url;
}

function usualScheme(withoutScheme: string): 'http' | 'https' {
  const host = /^(?:[^/]*@)?(.*)$/s.exec(withoutScheme)?.[1] ?? '';
  return LOCAL_HOST.test(host) ? 'http' : 'https';
}

export interface EndpointExtra {
  /** The header that carries the key. Default: `authorization`, as a bearer token. */
  readonly keyHeader?: string | undefined;
  /** What else is to be kept out of messages. */
  readonly secrets?: readonly (string | undefined)[];
}

/**
 * The endpoint at `url`. User information in the URL becomes a Basic authorization header and takes
 * precedence over a bearer token, since it was written for this very address. Throws `usage` for a key that
 * no header can carry.
 */
export function createEndpoint(
  url: URL,
  apiKey: string | undefined,
  { keyHeader, secrets = [] }: EndpointExtra = {},
): Endpoint {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  const user = decode(url.username);
  const password = decode(url.password);
  const basic = user || password ? Buffer.from(`${user}:${password}`).toString('base64') : undefined;
  return {
    url: bare.href,
    shown: bare.origin + bare.pathname,
    credentials: {
      ...keyCredentials(apiKey, keyHeader ?? usualKeyHeader(bare)),
      ...(basic !== undefined && { authorization: `Basic ${basic}` }),
    },
    mask: createMask([apiKey, basic, password || user, ...secretParameters(bare), ...secrets]),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function secretParameters(url: URL): readonly string[] {
  const isSecret = (name: string): boolean => /key|token|secret|sig|auth|pass/i.test(name);
  return [...url.searchParams].filter(([name]) => isSecret(name)).map(([, value]) => value);
}

function keyCredentials(apiKey: string | undefined, header: string): Record<string, string> {
  if (apiKey === undefined || apiKey === '') return {};
  if (!/^[\x21-\x7E]+$/.test(apiKey)) {
    throw new AppError('usage', 'the API key holds blanks or characters that no HTTP header can carry');
  }
  return { [header]: header === 'authorization' ? `Bearer ${apiKey}` : apiKey };
}

/** Azure takes keys in a header of its own (Azure OpenAI REST API reference, authentication). */
function usualKeyHeader({ hostname }: URL): string {
  return hostname.endsWith('.azure.com') ? 'api-key' : 'authorization';
}
