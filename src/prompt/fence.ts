const NAME = 'document';

/**
 * Puts a text between tags that it cannot close itself: a text that has such a tag gets the first
 * numbered one that it does not have. The same text always gets the same fence.
 */
export function fence(text: string): { readonly name: string; readonly fenced: string } {
  const name = freeName(text);
  return { name, fenced: `<${name}>\n${text}\n</${name}>` };
}

function freeName(text: string): string {
  if (!text.includes('<') || !/<[\s/]*document/i.test(text)) return NAME;
  const taken = new Set<string>();
  for (const [, digits] of text.matchAll(/document-(\d+)/gi)) if (digits !== undefined) taken.add(digits);
  let number = 2;
  while (taken.has(String(number))) number += 1;
  return `${NAME}-${number}`;
}

/** The text of the first fence in a prompt; a prompt without one as it is. */
export function unfence(prompt: string): string {
  const opening = /^<(document(?:-\d+)?)>\n/m.exec(prompt);
  if (opening === null) return prompt;
  const from = opening.index + opening[0].length;
  const to = prompt.indexOf(`\n</${opening[1]}>`, from);
  return to === -1 ? prompt : prompt.slice(from, to);
}
