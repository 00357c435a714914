/** Scripts that differ in how many characters make a token. */
export const SCRIPTS = ['latin', 'other', 'cjk'] as const;
export type Script = (typeof SCRIPTS)[number];

/** Characters looked at, spread over the text. */
const SAMPLE = 256;
/** Share of characters above which a text counts as written in that script. */
const CJK_SHARE = 0.3;
const OTHER_SHARE = 0.2;

/** First code unit of the scripts of East Asia, and of those after the Latin ones. */
const CJK_FROM = 0x2e80;
const OTHER_FROM = 0x0250;

/** The script that most tells how long the text is in tokens. */
export function scriptOf(text: string): Script {
  const length = Math.min(text.length, SAMPLE);
  const step = text.length / length;
  let cjk = 0;
  let other = 0;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(Math.floor(i * step));
    if (code >= CJK_FROM) cjk += 1;
    else if (code >= OTHER_FROM) other += 1;
  }
  if (cjk > CJK_SHARE * length) return 'cjk';
  return other > OTHER_SHARE * length ? 'other' : 'latin';
}
