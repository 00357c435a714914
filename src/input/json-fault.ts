/**
 * Why JSON.parse refused, without what it refused: V8's own messages quote the text, and differ from
 * version to version.
 */
export function jsonFault(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : '';
  if (/^Unexpected end|^Unterminated string/.test(message)) return 'not valid JSON (it ends too early)';
  const position = /\bat position (\d+)/.exec(message)?.[1];
  return position === undefined ? 'not valid JSON' : `not valid JSON (at character ${Number(position) + 1})`;
}
