import { wrongKey } from './api-error.ts';

/** Throws an `ApiError` (401) where a key is expected and the `Authorization` header holds another or none. */
export function checkKey(expected: string | undefined, authorization: string | undefined): void {
  if (expected === undefined) return;
  const sent = /^Bearer\s+(.*)$/i.exec(authorization ?? '')?.[1];
  if (sent !== expected) throw wrongKey(sent);
}
