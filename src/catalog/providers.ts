import type { CatalogEntry, Dialect } from './entry.ts';

/**
 * OpenAI's reasoning models take no temperature ("Reasoning models", Azure OpenAI; "Using GPT-5.2", OpenAI: from 5.1
 * on some do, so these are asked). `max_tokens` is deprecated for all models (API reference, chat completions).
 */
const OPENAI_DIALECTS: readonly Dialect[] = [
  { maxTokensParam: 'max_completion_tokens' },
  { models: /^(o[1-9]|gpt-5(-mini|-nano|-pro)?($|-\d{4}))/, noTemperature: true },
];

/** From Opus 4.7 on Claude takes no temperature (Anthropic's guide to migration). */
const CLAUDE_DIALECTS: readonly Dialect[] = [
  { models: /claude-(opus-4-[7-9]|(opus|sonnet|haiku|fable)-[5-9])/, noTemperature: true },
];

const OPENAI_KEY = {
  baseUrl: 'https://api.openai.com/v1',
  urlVariable: 'OPENAI_BASE_URL',
  keyVariables: ['OPENAI_API_KEY'],
  needsKey: true,
  // "Rate limits", OpenAI: max_tokens counts when the request comes in.
  counting: 'max-output',
} as const;

const SELF_HOSTED = { wire: 'openai', selfHosted: true, keyVariables: [], needsKey: false } as const;

/** All that is known of providers, in the order in which they are listed. */
export const PROVIDERS = [
  {
    ...OPENAI_KEY,
    name: 'openai',
    title: 'OpenAI, or any endpoint compatible with its chat completions',
    wire: 'openai',
    dialects: OPENAI_DIALECTS,
    source: 'https://platform.openai.com/docs/api-reference/chat',
  },
  {
    ...OPENAI_KEY,
    name: 'openai-responses',
    title: 'OpenAI, by its responses API',
    wire: 'openai-responses',
    dialects: OPENAI_DIALECTS.filter(({ maxTokensParam }) => maxTokensParam === undefined),
    source: 'https://platform.openai.com/docs/api-reference/responses',
  },
  {
    name: 'anthropic',
    title: 'Anthropic',
    wire: 'anthropic',
    baseUrl: 'https://api.anthropic.com',
    keyVariables: ['ANTHROPIC_API_KEY'],
    needsKey: true,
    // "Rate limits", Anthropic: OTPM counts output as it is produced.
    counting: 'actual',
    dialects: CLAUDE_DIALECTS,
    source: 'https://docs.anthropic.com/en/api/messages',
  },
  {
    name: 'gemini',
    title: 'Google Gemini',
    wire: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    needsKey: true,
    source: 'https://ai.google.dev/gemini-api/docs/api-key',
  },
  {
    name: 'azure',
    title: 'Azure OpenAI',
    wire: 'azure',
    urlExample: 'https://NAME.openai.azure.com',
    urlVariable: 'AZURE_OPENAI_ENDPOINT',
    hosts: /\.(openai|services\.ai|cognitiveservices)\.azure\.com$/,
    keyVariables: ['AZURE_OPENAI_API_KEY'],
    needsKey: true,
    // "Understanding rate limits", Azure OpenAI.
    counting: 'max-output',
    source: 'https://learn.microsoft.com/en-us/azure/ai-foundry/openai/reference',
  },
  {
    name: 'bedrock',
    title: 'AWS Bedrock',
    wire: 'bedrock',
    baseUrl: 'https://bedrock-runtime.{region}.amazonaws.com',
    hosts: /^bedrock-runtime(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/,
    keyVariables: ['AWS_BEARER_TOKEN_BEDROCK'],
    needsKey: true,
    dialects: CLAUDE_DIALECTS,
    source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-use.html',
  },
  {
    name: 'mistral',
    title: 'Mistral',
    wire: 'openai',
    baseUrl: 'https://api.mistral.ai/v1',
    keyVariables: ['MISTRAL_API_KEY'],
    needsKey: true,
    source: 'https://docs.mistral.ai/api/',
  },
  {
    name: 'groq',
    title: 'Groq',
    wire: 'openai',
    baseUrl: 'https://api.groq.com/openai/v1',
    keyVariables: ['GROQ_API_KEY'],
    needsKey: true,
    source: 'https://console.groq.com/docs/openai',
  },
  {
    name: 'deepseek',
    title: 'DeepSeek',
    wire: 'openai',
    baseUrl: 'https://api.deepseek.com/v1',
    keyVariables: ['DEEPSEEK_API_KEY'],
    needsKey: true,
    // "JSON Output", DeepSeek: the only form that is described.
    dialects: [{ responseFormat: 'json_object' }],
    source: 'https://api-docs.deepseek.com/',
  },
  {
    name: 'openrouter',
    title: 'OpenRouter',
    wire: 'openai',
    baseUrl: 'https://openrouter.ai/api/v1',
    keyVariables: ['OPENROUTER_API_KEY'],
    needsKey: true,
    source: 'https://openrouter.ai/docs/quickstart',
  },
  {
    name: 'together',
    title: 'Together AI',
    wire: 'openai',
    baseUrl: 'https://api.together.ai/v1',
    hosts: /^api\.together\.xyz$/,
    keyVariables: ['TOGETHER_API_KEY'],
    needsKey: true,
    priceId: 'together',
    source: 'https://docs.together.ai/docs/inference/openai-compatibility',
  },
  {
    name: 'xai',
    title: 'xAI',
    wire: 'openai',
    baseUrl: 'https://api.x.ai/v1',
    keyVariables: ['XAI_API_KEY'],
    needsKey: true,
    priceId: 'x-ai',
    source: 'https://docs.x.ai/developers/rest-api-reference/inference/chat',
  },
  {
    name: 'cerebras',
    title: 'Cerebras',
    wire: 'openai',
    baseUrl: 'https://api.cerebras.ai/v1',
    keyVariables: ['CEREBRAS_API_KEY'],
    needsKey: true,
    source: 'https://inference-docs.cerebras.ai/resources/openai',
  },
  {
    name: 'fireworks',
    title: 'Fireworks AI',
    wire: 'openai',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    keyVariables: ['FIREWORKS_API_KEY'],
    needsKey: true,
    source: 'https://docs.fireworks.ai/tools-sdks/openai-compatibility',
  },
  {
    name: 'ollama',
    title: 'Ollama',
    wire: 'ollama',
    baseUrl: 'http://127.0.0.1:11434',
    selfHosted: true,
    keyVariables: [],
    needsKey: false,
    source: 'https://docs.ollama.com/api',
  },
  {
    ...SELF_HOSTED,
    name: 'vllm',
    title: 'vLLM',
    baseUrl: 'http://127.0.0.1:8000/v1',
    source: 'https://docs.vllm.ai/en/stable/serving/openai_compatible_server.html',
  },
  {
    ...SELF_HOSTED,
    name: 'llamacpp',
    title: 'llama.cpp server',
    baseUrl: 'http://127.0.0.1:8080/v1',
    source: 'https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md',
  },
  {
    ...SELF_HOSTED,
    name: 'lmstudio',
    title: 'LM Studio',
    baseUrl: 'http://127.0.0.1:1234/v1',
    source: 'https://lmstudio.ai/docs/api/openai-api',
  },
  {
    ...SELF_HOSTED,
    name: 'sglang',
    title: 'SGLang',
    baseUrl: 'http://127.0.0.1:30000/v1',
    source: 'https://docs.sglang.io/docs/basic_usage/send_request',
  },
  {
    name: 'http',
    title: 'any URL that takes a text by POST',
    wire: 'http',
    keyVariables: [],
    needsKey: false,
    source: 'docs/providers.md',
  },
  {
    name: 'local',
    title: 'the built-in summariser',
    wire: 'local',
    keyVariables: [],
    needsKey: false,
    source: 'docs/providers.md',
  },
] as const satisfies readonly CatalogEntry[];

export type ProviderName = (typeof PROVIDERS)[number]['name'];
