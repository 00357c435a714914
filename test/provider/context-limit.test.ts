import { describe, expect, test } from 'vitest';
import { contextFacts } from '../../src/provider/context-limit.ts';

describe('the context window in the words of an endpoint', () => {
  test.each([
    [
      'OpenAI, Azure',
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 140212 tokens. Please reduce the length of the messages.",
      { limit: 128000, prompt: 140212 },
    ],
    [
      'OpenAI with an output budget, older vLLM',
      "This model's maximum context length is 4097 tokens. However, you requested 5120 tokens (4096 in the messages, 1024 in the completion).",
      { limit: 4097, prompt: 4096 },
    ],
    [
      'vLLM',
      "This model's maximum context length is 4096 tokens. However, your request has 5000 input tokens. Please reduce the length of the input messages.",
      { limit: 4096, prompt: 5000 },
    ],
    ['Anthropic', 'prompt is too long: 210000 tokens > 200000 maximum', { limit: 200000, prompt: 210000 }],
    [
      'Anthropic with an output budget',
      'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length',
      { limit: 200000, prompt: 190000 },
    ],
    [
      'Gemini',
      'The input token count (1,200,000) exceeds the maximum number of tokens allowed (1,048,576).',
      { limit: 1048576, prompt: 1200000 },
    ],
    [
      'llama.cpp',
      'the request exceeds the available context size (4096 tokens), try increasing it',
      { limit: 4096 },
    ],
    [
      'text-generation-inference',
      'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens and 512 `max_new_tokens`',
      { limit: 4096, prompt: 5000 },
    ],
    [
      'Mistral',
      'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
      { limit: 32768, prompt: 40000 },
    ],
  ])('%s', (_name, words, facts) => {
    expect(contextFacts(words)).toEqual(facts);
  });

  test('is not read from words without numbers', () => {
    expect(contextFacts('Please reduce the length of the messages.')).toBeUndefined();
  });
});
