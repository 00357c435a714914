import { AppError } from '../core/errors.ts';

/** Proxies as undici's `EnvHttpProxyAgent` takes them; an empty text is none. */
export interface ProxySettings {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxies that the environment names, or undefined for none. The lower-case spelling wins over the
 * upper-case one, as in curl. Where only HTTP_PROXY is set, undici uses it for HTTPS too.
 * Throws `usage` for a value that is no URL of an HTTP proxy; the value, which may hold a password, is not shown.
 */
export function proxySettings(env: Environment): ProxySettings | undefined {
  const httpProxy = proxyUrl(env, 'HTTP_PROXY');
  const httpsProxy = proxyUrl(env, 'HTTPS_PROXY');
  if (httpProxy === '' && httpsProxy === '') return undefined;
  return { httpProxy, httpsProxy, noProxy: either(env, 'NO_PROXY') };
}

/** The proxy through which a URL is asked, or undefined for none; by the rules of undici's `EnvHttpProxyAgent`. */
export function proxyFor(env: Environment, url: URL): URL | undefined {
  const settings = proxySettings(env);
  if (settings === undefined || isExempt(settings.noProxy, url)) return undefined;
  const { httpProxy, httpsProxy } = settings;
  const proxy = url.protocol === 'https:' ? httpsProxy || httpProxy : httpProxy;
  return proxy === '' ? undefined : new URL(proxy);
}

/** `*` is every host; `example.com`, `.example.com` and `*.example.com` are that host and those below it; a port may follow. */
function isExempt(noProxy: string, { hostname, port, protocol }: URL): boolean {
  if (noProxy === '*') return true;
  const host = hostname.toLowerCase();
  const ownPort = Number(port) || (protocol === 'https:' ? 443 : 80);
  return noProxy.split(/[,\s]/).some((entry) => {
    if (entry === '') return false;
    const [, named = entry, namedPort] = /^(.+):(\d+)$/.exec(entry) ?? [];
    if (namedPort !== undefined && Number(namedPort) !== ownPort) return false;
    const name = named.replace(/^\*?\./, '').toLowerCase();
    return host === name || host.endsWith(`.${name}`);
  });
}

function proxyUrl(env: Environment, name: string): string {
  const value = either(env, name);
  if (value === '') return '';
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw new AppError('usage', `${name} is not the URL of an HTTP proxy`, {
      hint: 'write it like http://proxy.example:3128',
    });
  }
  return url;
}

function either(env: Environment, name: string): string {
  return (env[name.toLowerCase()] || env[name] || '').trim();
}
