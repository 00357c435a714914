/**
 * The most tokens that a text can have: its UTF-8 bytes, since an encoding that works on bytes never makes two tokens
 * of one. Costs next to nothing, so a text that fits by this need not be counted.
 */
export function mostTokens(text: string): number {
  return Buffer.byteLength(text);
}
