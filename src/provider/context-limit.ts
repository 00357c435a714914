import type { ContextFacts } from '../core/errors.ts';

/** How endpoints name their context window, in their order of trust. Matched against lower case, without commas in numbers. */
const LIMITS: readonly RegExp[] = [
  // OpenAI, Azure, DeepSeek, vLLM, LM Studio, Groq, OpenRouter
  /maximum context length (?:is|of) (\d+)/,
  // Anthropic: "prompt is too long: 210000 tokens > 200000 maximum"
  /\d+ tokens > (\d+) maximum/,
  // Anthropic, with an output budget: "exceed context limit: 190000 + 20000 > 200000"
  /context limit: \d+ \+ \d+ > (\d+)/,
  // Gemini: "exceeds the maximum number of tokens allowed (1048576)"
  /maximum number of tokens allowed \(?(\d+)/,
  // llama.cpp: "exceeds the available context size (4096 tokens)"
  /context (?:size|window|length)[^\d]{0,20}\(?(\d+)/,
  // text-generation-inference: "`inputs` tokens + `max_new_tokens` must be <= 4096"
  /must be <= (\d+)/,
  /must have less than (\d+) tokens/,
  // Mistral: "too large for model with 32768 maximum context length"
  /(\d+) maximum context length/,
  /context (?:size|window|length) (?:is|of) (\d+)/,
];

/** How they name what the request took. */
const PROMPTS: readonly RegExp[] = [
  /(\d+) in the messages/,
  /(\d+) tokens > \d+ maximum/,
  /context limit: (\d+) \+ \d+ > /,
  /input token count \(?(\d+)/,
  /your (?:messages|prompt|input|request) (?:resulted in|contains?(?: at least)?|has) (\d+) (?:input )?tokens/,
  /given: (\d+) `?inputs/,
  /request \((\d+) tokens\)/,
  /prompt contains (\d+) tokens/,
];

/** What the words of an endpoint tell of its context window, in tokens. */
export function contextFacts(words: string): ContextFacts | undefined {
  const text = words.toLowerCase().replaceAll(/(\d)[,_](?=\d{3})/g, '$1');
  const limit = firstNumber(LIMITS, text);
  const prompt = firstNumber(PROMPTS, text);
  if (limit === undefined && prompt === undefined) return undefined;
  return { ...(limit !== undefined && { limit }), ...(prompt !== undefined && { prompt }) };
}

function firstNumber(patterns: readonly RegExp[], text: string): number | undefined {
  for (const pattern of patterns) {
    const found = Number(pattern.exec(text)?.[1]);
    if (Number.isSafeInteger(found) && found > 0) return found;
  }
  return undefined;
}
