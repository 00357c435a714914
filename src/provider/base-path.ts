/** The path of a base URL without repeated slashes and without one at its end; empty for a bare origin. */
export function basePath({ pathname }: URL): string {
  return pathname.replace(/\/{2,}/g, '/').replace(/\/$/, '');
}

/** The same URL, query included, with another path. */
export function withPath(base: URL, path: string): URL {
  const url = new URL(base);
  url.pathname = path;
  return url;
}
