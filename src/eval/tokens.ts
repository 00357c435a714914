/** Words; characters of scripts that are written without blanks. */
const TOKEN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}\p{N}]+/gu;

/**
 * The words of a text as ROUGE compares them: lower case, without punctuation, not stemmed; single characters for
 * Chinese, Japanese and Thai. For English the same as Google's `rouge_score` without its stemmer.
 */
export function tokensOf(text: string): readonly string[] {
  return text.normalize('NFC').toLowerCase().match(TOKEN) ?? [];
}
