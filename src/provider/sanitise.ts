/** Longest message that an error carries, in UTF-16 units: it goes into rows, logs and one line of a terminal. */
const LONGEST_MESSAGE = 300;

/** Controls, line breaks and invisible formatting marks, which could forge lines or escape codes. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu;

/** Foreign text as one printable line of at most `longest` units, cut with an ellipsis. */
export function oneLine(text: string, longest: number = LONGEST_MESSAGE): string {
  const line = text.replace(UNPRINTABLE, ' ').trim();
  if (line.length <= longest) return line;
  const cut = line.slice(0, longest - 1);
  const endsInHalfPair = /[\uD800-\uDBFF]$/.test(cut);
  return `${endsInHalfPair ? cut.slice(0, -1) : cut}…`;
}

/** Takes secrets out of a text. */
export type Mask = (text: string) => string;

/** A shorter "secret" is no secret, and masking it would make every message unreadable. */
const SHORTEST_SECRET = 4;

/** A function that replaces every occurrence of the secrets, as written or percent-encoded, by `***`. */
export function createMask(secrets: readonly (string | undefined)[]): Mask {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret === undefined || secret.length < SHORTEST_SECRET) continue;
    forms.add(secret);
    forms.add(encodeURIComponent(secret));
  }
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, form) => masked.replaceAll(form, '***'), text);
}
