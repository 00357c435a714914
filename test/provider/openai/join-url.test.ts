import { expect, it } from 'vitest';
import { joinUrl } from '../../../src/provider/openai/join-url.ts';

it.each([
  ['http://h:8000', 'http://h:8000/v1/chat/completions'],
  ['http://h:8000/', 'http://h:8000/v1/chat/completions'],
  ['http://h:8000/v1', 'http://h:8000/v1/chat/completions'],
  ['http://h:8000/v1/', 'http://h:8000/v1/chat/completions'],
  ['http://h:8000//v1//', 'http://h:8000/v1/chat/completions'],
  ['http://h:8000/v1/chat/completions', 'http://h:8000/v1/chat/completions'],
  ['http://h:8000/v1/chat/completions/', 'http://h:8000/v1/chat/completions'],
  ['https://api.groq.com/openai/v1', 'https://api.groq.com/openai/v1/chat/completions'],
  ['https://h/v1beta/openai/', 'https://h/v1beta/openai/chat/completions'],
  [
    'https://me.openai.azure.com/openai/deployments/gpt?api-version=2024-06-01',
    'https://me.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-06-01',
  ],
])('joins %s to the one right path', (base, url) => {
  expect(joinUrl(new URL(base)).href).toBe(url);
});
