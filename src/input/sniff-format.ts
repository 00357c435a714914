export type SniffedFormat = 'text' | 'jsonl' | 'json';

const LF = 0x0a;

/** Whether the first line that is not blank has been seen whole: all that `sniffFormat` needs. */
export function hasFirstLine(head: Buffer): boolean {
  const start = firstVisible(head);
  return start !== -1 && head.includes(LF, start);
}

/**
 * The format of an input that no name tells, from how it begins. `{` opens JSON lines, or one object
 * if its first line holds nothing else. `[` opens a JSON array if an object, a string or its own end
 * follows, else JSON lines (`[1,2]`) if the line is JSON, else it is text (`[1] Notes`). `"` opens
 * JSON lines if the line is JSON, else it is text.
 */
export function sniffFormat(head: Buffer): SniffedFormat {
  const line = firstLine(head);
  if (line.startsWith('{')) return line === '{' ? 'json' : 'jsonl';
  if (line.startsWith('[')) return opensArray(head) ? 'json' : textUnlessJson(line);
  return line.startsWith('"') ? textUnlessJson(line) : 'text';
}

/** The format of a `.json` file: JSON lines are often named so too. */
export function sniffJsonFile(head: Buffer): SniffedFormat {
  const line = firstLine(head);
  return line.startsWith('{') && isJson(line) ? 'jsonl' : 'json';
}

/** What `isWanted` says of the first line that is not blank. */
export function firstLineIs(head: Buffer, isWanted: (line: string) => boolean): boolean {
  return isWanted(firstLine(head));
}

export function startsArray(head: Buffer): boolean {
  return head[firstVisible(head)] === 0x5b;
}

function opensArray(head: Buffer): boolean {
  const after = head.subarray(firstVisible(head) + 1);
  const next = after[firstVisible(after)];
  return next === undefined || '{"]'.includes(String.fromCharCode(next));
}

function textUnlessJson(line: string): SniffedFormat {
  return isJson(line) ? 'jsonl' : 'text';
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

function firstLine(head: Buffer): string {
  const start = firstVisible(head);
  if (start === -1) return '';
  const end = head.indexOf(LF, start);
  return head.toString('utf8', start, end === -1 ? head.length : end).trimEnd();
}

/** Where the first byte stands that is not ASCII white space, or -1. */
function firstVisible(bytes: Buffer): number {
  return bytes.findIndex((byte) => byte > 0x20);
}
