import type { Provider } from '../../../src/core/request.ts';
import { createAnthropicProvider } from '../../../src/provider/anthropic/anthropic-provider.ts';
import { createAzureProvider } from '../../../src/provider/azure/azure-provider.ts';
import { createBedrockProvider } from '../../../src/provider/bedrock/bedrock-provider.ts';
import { createGeminiProvider } from '../../../src/provider/gemini/gemini-provider.ts';
import type { HostedApiOptions } from '../../../src/provider/json-api-provider.ts';
import { createOllamaProvider } from '../../../src/provider/ollama/ollama-provider.ts';
import { createOpenAiProvider } from '../../../src/provider/openai/openai-provider.ts';
import { createOpenAiResponsesProvider } from '../../../src/provider/openai-responses/openai-responses-provider.ts';

export interface WireUnderTest {
  /** Name of the provider and of its folder of fixtures. */
  readonly name: string;
  create(options: HostedApiOptions): Provider;
  /** Every reason for the end of an answer that its documentation names, as far as it may come without tools and images. */
  readonly reasons: readonly string[];
  /** Shapes that it does not have, and why. */
  readonly without?: Readonly<Record<string, string>>;
}

const CHAT_REASONS = ['stop', 'length', 'content_filter'];

export const WIRES: readonly WireUnderTest[] = [
  { name: 'openai', create: createOpenAiProvider, reasons: [...CHAT_REASONS, 'tool_calls'] },
  {
    name: 'openai-responses',
    create: createOpenAiResponsesProvider,
    reasons: ['completed', 'failed', 'in_progress', 'cancelled', 'queued', 'incomplete'].concat([
      'max_output_tokens',
      'content_filter',
    ]),
  },
  { name: 'azure', create: createAzureProvider, reasons: CHAT_REASONS },
  {
    name: 'anthropic',
    create: createAnthropicProvider,
    reasons: ['end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'pause_turn', 'refusal'].concat(
      'model_context_window_exceeded',
    ),
  },
  {
    name: 'gemini',
    create: createGeminiProvider,
    reasons: ['FINISH_REASON_UNSPECIFIED', 'STOP', 'MAX_TOKENS', 'SAFETY', 'RECITATION', 'LANGUAGE'].concat([
      ...['OTHER', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII', 'MALFORMED_FUNCTION_CALL'],
    ]),
  },
  {
    name: 'bedrock',
    create: createBedrockProvider,
    reasons: ['end_turn', 'tool_use', 'max_tokens', 'stop_sequence', 'guardrail_intervened'].concat([
      ...['content_filtered', 'malformed_model_output', 'malformed_tool_use'],
      'model_context_window_exceeded',
    ]),
  },
  {
    name: 'ollama',
    create: createOllamaProvider,
    reasons: ['stop', 'length', 'load'],
    without: {
      refusal: 'it filters nothing; a model refuses in words',
      'prompt blocked': 'it filters nothing',
    },
  },
];
