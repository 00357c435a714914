import { basePath, withPath } from '../base-path.ts';

/** Ends of full paths that people paste: of the native API, and of the OpenAI-compatible one beside it. */
const ENDPOINTS = /\/(api|v1)(\/.*)?$/;

/**
 * The URL of the chat endpoint for a base URL in any written form: the origin or a prefix of one's own, with `/api` or
 * `/v1`, or a whole path. The query stays.
 */
export function joinUrl(base: URL): URL {
  return withPath(base, `${basePath(base).replace(ENDPOINTS, '')}/api/chat`);
}
