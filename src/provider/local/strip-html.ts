const LOOKS_LIKE_HTML = /<(?:p|br|div|li|td|h[1-6]|html|body|article|section)\b[^<>]{0,500}>/i;
const UNSEEN = /<!--[\s\S]*?(?:-->|$)|<(script|style|pre|head)\b[\s\S]*?(?:<\/\1\s*>|$)/gi;
const BLOCK_TAG =
  /<\/?(?:p|br|div|li|ul|ol|td|tr|table|h[1-6]|html|body|article|section|blockquote|hr)\b[^<>]{0,500}>/gi;
const ANY_TAG = /<\/?[a-z][^<>]{0,500}>/gi;

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&apos;': "'",
  '&nbsp;': ' ',
};

/**
 * The readable part of something that looks like HTML, with a blank line at every block. Any other text, one that
 * merely mentions a tag such as `</document>` included, comes back as it is.
 */
export function stripHtml(text: string): string {
  if (!LOOKS_LIKE_HTML.test(text)) return text;
  const stripped = text
    .replace(UNSEEN, '\n\n')
    .replace(BLOCK_TAG, '\n\n')
    .replace(ANY_TAG, '')
    .replace(/&(?:amp|lt|gt|quot|#39|apos|nbsp);/g, (entity) => ENTITIES[entity] ?? entity);
  return stripped.trim() === '' ? text : stripped;
}
