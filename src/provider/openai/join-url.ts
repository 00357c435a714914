const ENDPOINT_PATH = '/chat/completions';

/**
 * The URL of chat completions for a base URL in any written form: the bare origin (`/v1` is added), with or
 * without a slash at its end, down to `/v1` or a prefix of one's own, or the whole path. The query stays.
 */
export function joinUrl(base: URL): URL {
  const url = new URL(base);
  const path = url.pathname.replace(/\/{2,}/g, '/').replace(/\/$/, '');
  if (path.toLowerCase().endsWith(ENDPOINT_PATH)) url.pathname = path;
  else url.pathname = `${path === '' ? '/v1' : path}${ENDPOINT_PATH}`;
  return url;
}
