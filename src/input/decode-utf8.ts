import { isUtf8 } from 'node:buffer';

/**
 * Bytes as a string, or undefined where they are not valid UTF-8. Decodes first: only a replacement
 * character in the result makes the second look needed.
 */
export function decodeUtf8(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8');
  return text.includes('\uFFFD') && !isUtf8(bytes) ? undefined : text;
}
