import { hash } from 'node:crypto';
import type { CompletionRequest } from '../../core/request.ts';

/** What tells requests apart: two that have one key get the same answer. */
export type KeyOf = (request: CompletionRequest) => string;

export interface KeyParts {
  /** All that answers depend on besides the request: the provider, its URL, how its bodies are made. */
  readonly identity: string;
  /**
   * What the provider takes of the document besides the messages: the text, with these of the record's fields.
   * Missing where it takes messages alone.
   */
  readonly document?: { readonly fields: readonly string[] | 'all' } | undefined;
}

/**
 * Makes keys: SHA-256 in base64url, about 4 µs for 2 KB. The key of the last request is kept, since each
 * wrapper of the stack asks for it in turn.
 */
export function requestKey({ identity, document }: KeyParts): KeyOf {
  let last: CompletionRequest | undefined;
  let lastKey = '';
  return (request) => {
    if (request === last) return lastKey;
    const { model, maxOutputTokens, temperature, params, messages } = request;
    let text = JSON.stringify([identity, model, maxOutputTokens ?? null, temperature ?? null, params]);
    for (const { role, content } of messages) text += part(role, content);
    if (document !== undefined)
      text += part('text', request.document.text) + fieldsOf(request, document.fields);
    last = request;
    lastKey = hash('sha256', text, 'base64url');
    return lastKey;
  };
}

/** With its length before it, so that no text can pass for the beginning of the next part. */
function part(name: string, text: string): string {
  return `\n${name} ${text.length}\n${text}`;
}

function fieldsOf({ document: { fields } }: CompletionRequest, names: readonly string[] | 'all'): string {
  if (names === 'all') return JSON.stringify(fields);
  return names.length === 0 ? '' : JSON.stringify(names.map((name) => fields[name] ?? null));
}
