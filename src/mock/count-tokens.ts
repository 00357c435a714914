/** About the mean of English text under today's tokenizers; what matters here is that it is cheap and always the same. */
const BYTES_A_TOKEN = 4;

/** Tokens of a text: its UTF-8 bytes by four, rounded up. */
export function countTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_A_TOKEN);
}

/** The longest beginning of `text` of at most `tokens` tokens that splits no character. */
export function cutToTokens(text: string, tokens: number): string {
  const bytes = Buffer.from(text);
  let end = Math.min(bytes.length, tokens * BYTES_A_TOKEN);
  // 10xxxxxx is the inside of a character.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
