/**
 * Tokens in a text, estimated: a quarter for an ASCII character, a half for other letters of alphabets, one for
 * everything from CJK on. (OpenAI's rule of thumb is 4 characters of English a token.)
 */
export function countTokens(text: string): number {
  let quarters = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    quarters += unit < 0x80 ? 1 : unit < 0x2e80 ? 2 : 4;
  }
  return Math.ceil(quarters / 4);
}
