/**
 * Where a piece of about `length` UTF-16 units ends that begins at `from`, so that a long text can be counted bit by
 * bit: in its second half, behind a letter and before a blank or a sign where there is such a place. There no token
 * of OpenAI's encodings goes on, so the pieces have as many tokens as the whole. Never inside a surrogate pair.
 */
export function pieceEnd(text: string, from: number, length: number): number {
  const end = from + length;
  if (end >= text.length) return text.length;
  for (let at = end; at > from + length / 2; at--) {
    if (isSeam(text, at)) return at;
  }
  const isPair = isSurrogate(text, end - 1, 0xd800) && isSurrogate(text, end, 0xdc00);
  if (!isPair) return end;
  return end - 1 > from ? end - 1 : end + 1;
}

/** What ends a word and begins no contraction. */
const WORD_ENDS = ' \n\r,.;:!?)，。、；：！？';

function isSeam(text: string, at: number): boolean {
  return WORD_ENDS.includes(text.charAt(at)) && /\p{L}/u.test(text.charAt(at - 1));
}

/** `first`: the first code of the high or of the low surrogates. */
function isSurrogate(text: string, at: number, first: number): boolean {
  const code = text.charCodeAt(at);
  return code >= first && code < first + 0x400;
}
