import type { Message } from '../core/request.ts';

/** A message that is no instruction. */
export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

/** Messages for APIs that take instructions in a field of their own. */
export function splitMessages(messages: readonly Message[]): {
  readonly system: string | undefined;
  readonly turns: readonly Turn[];
} {
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  return {
    system: system.length === 0 ? undefined : system.join('\n\n'),
    turns: messages.flatMap(({ role, content }) => (role === 'system' ? [] : [{ role, content }])),
  };
}
