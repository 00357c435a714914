/** Tags in which models think aloud, and what closes them. */
const TAGS: readonly (readonly [open: string, close: string])[] = [
  ...['think', 'thinking', 'thought', 'reasoning', 'seed:think'].map(
    (name) => [`<${name}>`, `</${name}>`] as const,
  ),
  // Mistral's Magistral, Moonshot's Kimi.
  ['[think]', '[/think]'],
  ['◁think▷', '◁/think▷'],
];

/** How a closing tag begins. */
const CLOSING = ['</', '[/', '◁/'] as const;

/**
 * The answer without what the model thought before it. Only the beginning is looked at, so that a text which talks
 * about such tags stays as it is. Blank where there was nothing but thinking. `isApart`: the endpoint has taken the
 * thinking out already, so that a tag which is left over is but that.
 */
export function withoutThinking(text: string, isApart: boolean): string {
  const start = text.search(/\S/);
  if (start === -1) return text;
  const first = text[start] ?? '';
  if (first === '<' || first === '[' || first === '◁') return afterTags(text.slice(start), text, isApart);
  if (first === 'a' && text.startsWith('analysis', start)) return afterPlainChannel(text.slice(start), text);
  if (isApart || first === '{' || !CLOSING.some((mark) => text.includes(mark))) return text;
  return afterLoneClose(text);
}

/** `text` begins with what may be a tag; `whole` is returned where it is none. */
function afterTags(text: string, whole: string, isApart: boolean): string {
  if (text.startsWith('<|')) return afterChannels(text, whole, isApart);
  const head = text.slice(0, 16).toLowerCase();
  const tag = TAGS.find(([open]) => head.startsWith(open));
  const stray = TAGS.find(([, close]) => head.startsWith(close));
  if (stray !== undefined) return withoutThinking(text.slice(stray[1].length).trimStart(), isApart);
  if (tag === undefined) return isApart ? whole : afterLoneClose(whole);
  const [open, close] = tag;
  const at = text.toLowerCase().indexOf(close);
  if (at !== -1) return withoutThinking(text.slice(at + close.length).trimStart(), isApart);
  return isApart ? text.slice(open.length).trimStart() : '';
}

/** A closing tag whose opening one stood at the end of the prompt, as in the templates of DeepSeek R1 and Qwen. */
function afterLoneClose(text: string): string {
  const lower = text.toLowerCase();
  for (const [open, close] of TAGS) {
    const at = lower.indexOf(close);
    if (at === -1) continue;
    const before = lower.slice(0, at);
    if (before.includes(open) || isMention(before, lower.slice(at + close.length))) continue;
    return text.slice(at + close.length).trimStart();
  }
  return text;
}

/** Whether a tag is talked about: within quotation marks, or amid the words of a sentence. */
function isMention(before: string, after: string): boolean {
  if (/["'`“”‘’«»„]$/.test(before)) return true;
  return /[^\s.!?:…。！？)\]] $/.test(before) && /^[ ,.;]/.test(after);
}

const CHANNEL = /^(?:<\|start\|>assistant)?<\|channel\|>\s*(?:analysis|commentary|final)/;
const FINAL = /<\|channel\|>\s*final\b[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>/g;

/** The `final` channel of gpt-oss (OpenAI harmony response format). */
function afterChannels(text: string, whole: string, isApart: boolean): string {
  if (!CHANNEL.test(text)) return whole;
  const final = [...text.matchAll(FINAL)].at(-1);
  if (final === undefined) return '';
  const answer = text.slice(final.index + final[0].length).replace(/<\|(?:end|return)\|>\s*$/, '');
  return withoutThinking(answer.trimStart(), isApart);
}

/** The same with its special tokens taken out by the server: `analysisThe user wants…assistantfinalThe answer`. */
function afterPlainChannel(text: string, whole: string): string {
  const mark = 'assistantfinal';
  const at = text.lastIndexOf(mark);
  return at === -1 ? whole : text.slice(at + mark.length).trimStart();
}
