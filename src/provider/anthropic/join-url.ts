import { basePath, withPath } from '../base-path.ts';

/** Ends of full paths that people paste: those of this API, and of what else is served beside it. */
const ENDPOINTS = /\/(messages(\/(count_tokens|batches))?|complete|chat\/completions)$/i;

/**
 * The URL of the Messages API for a base URL in any written form: the origin or a prefix of one's own (`/v1` is
 * added), with `/v1`, or a whole path. The query stays.
 */
export function joinUrl(base: URL): URL {
  const path = basePath(base);
  if (/\/messages$/i.test(path)) return withPath(base, path);
  const prefix = path.replace(ENDPOINTS, '');
  return withPath(base, `${/\/v\d+$/i.test(prefix) ? prefix : `${prefix}/v1`}/messages`);
}
