/** What stands between tags that it cannot close itself. */
export interface Fenced {
  /** Name of the tags. */
  readonly name: string;
  readonly fenced: string;
}

/**
 * Puts a text between tags that it cannot close itself: a text that has such a tag gets the first
 * numbered one that it does not have. The same text always gets the same fence.
 */
export function fence(text: string, base = 'document'): Fenced {
  const name = freeName([text], base);
  return { name, fenced: between(name, text) };
}

/** Each of several texts between tags of one name that none of them can close, a blank line between them. */
export function fenceAll(texts: readonly string[], base = 'answer'): Fenced {
  const name = freeName(texts, base);
  return { name, fenced: texts.map((text) => between(name, text)).join('\n\n') };
}

function between(name: string, text: string): string {
  return `<${name}>\n${text}\n</${name}>`;
}

function freeName(texts: readonly string[], base: string): string {
  const tag = new RegExp(`<[\\s/]*${base}`, 'i');
  if (!texts.some((text) => text.includes('<') && tag.test(text))) return base;
  const taken = new Set<string>();
  const numbered = new RegExp(`${base}-(\\d+)`, 'gi');
  for (const text of texts) {
    for (const [, digits] of text.matchAll(numbered)) if (digits !== undefined) taken.add(digits);
  }
  let number = 2;
  while (taken.has(String(number))) number += 1;
  return `${base}-${number}`;
}

/** The texts of all fences in a prompt, a blank line between them; a prompt without any as it is. */
export function unfence(prompt: string): string {
  const opening = /^<((document|answer|instruction)(?:-\d+)?)>\n/gm;
  const texts: string[] = [];
  for (let match = opening.exec(prompt); match !== null; match = opening.exec(prompt)) {
    const from = opening.lastIndex;
    const to = prompt.indexOf(`\n</${match[1]}>`, from);
    if (to === -1) break;
    if (match[2] !== 'instruction') texts.push(prompt.slice(from, to));
    opening.lastIndex = to + 1;
  }
  return texts.length === 0 ? prompt : texts.join('\n\n');
}
