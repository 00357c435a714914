import { expect, test } from 'vitest';
import { cutPrompt } from '../../src/mock/cut-prompt.ts';
import { readChatRequest } from '../../src/mock/read-chat-request.ts';

const request = (text: string) =>
  readChatRequest(Buffer.from(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: text }] })));

test('a request that fits is read as it is', () => {
  const whole = request('short');
  expect(cutPrompt(whole, 100)).toBe(whole);
  expect(cutPrompt(whole, undefined)).toBe(whole);
});

test('of a longer one half a window is read, and told of', () => {
  const cut = cutPrompt(request('word '.repeat(1000)), 200);
  expect(cut.promptTokens).toBe(100);
  expect(cut.text.length).toBeLessThanOrEqual(400);
});
