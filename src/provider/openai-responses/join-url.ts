import { basePath, withPath } from '../base-path.ts';

/** Ends of full paths that people paste: of this API, and of chat completions beside it. */
const ENDPOINTS = /\/(responses|(chat\/)?completions)$/i;

/**
 * The URL of the Responses API for a base URL in any written form: the bare origin (`/v1` is added), down to `/v1` or a
 * prefix of one's own, or a whole path. The query stays.
 */
export function joinUrl(base: URL): URL {
  const prefix = basePath(base).replace(ENDPOINTS, '');
  return withPath(base, `${prefix === '' ? '/v1' : prefix}/responses`);
}
