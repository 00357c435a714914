/**
 * The parts of a text such as `model=a,name="x, y"` between separators that stand outside of quotes (`"` or `'`, around a
 * whole value). Undefined where a quote is not closed. `keepsQuotes`: they are not taken off yet.
 */
export function splitQuoted(
  text: string,
  separator: RegExp,
  keepsQuotes = false,
): readonly string[] | undefined {
  const parts: string[] = [];
  let part = '';
  let quote: string | undefined;
  for (const character of text) {
    const opens = quote === undefined && (character === '"' || character === "'") && /=\s*$/.test(part);
    const closes = character === quote;
    if (quote === undefined && separator.test(character)) {
      parts.push(part);
      part = '';
    } else if (keepsQuotes || !(opens || closes)) part += character;
    if (opens) quote = character;
    else if (closes) quote = undefined;
  }
  return quote === undefined ? [...parts, part] : undefined;
}
