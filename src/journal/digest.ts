import { hash } from 'node:crypto';

/** 132 of SHA-256's 256 bits: two of a billion contents share them with a chance of one in 10^21. */
export const DIGEST_CHARS = 22;
/** 72 bits, to tell whether one thing has changed. */
export const SHORT_CHARS = 12;

/** A hash of a text, in base64url. Half of a surrogate pair counts as U+FFFD. */
export function digest(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, DIGEST_CHARS);
}

/** The same, shorter. */
export function shortDigest(text: string): string {
  return digest(text).slice(0, SHORT_CHARS);
}
