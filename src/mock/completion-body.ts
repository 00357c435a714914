import { countTokens, cutToTokens } from './count-tokens.ts';
import { fitSchema } from './fit-schema.ts';
import type { ChatRequest } from './read-chat-request.ts';

export interface Answer {
  readonly content: string;
  readonly finishReason: 'stop' | 'length';
  readonly completionTokens: number;
}

/** The text, or data made of it where that is asked for, as an answer to the request; cut where it is longer than the request or the context allows. */
export function toAnswer(summary: string, request: ChatRequest, context = Number.POSITIVE_INFINITY): Answer {
  const isData = request.schema !== undefined && summary !== '';
  const text = isData ? JSON.stringify(fitSchema(request.schema, summary)) : summary;
  const room = Math.min(request.maxTokens ?? Number.POSITIVE_INFINITY, context - request.promptTokens);
  const tokens = countTokens(text);
  if (tokens <= room) return { content: text, finishReason: 'stop', completionTokens: tokens };
  const content = cutToTokens(text, room);
  return { content, finishReason: 'length', completionTokens: countTokens(content) };
}

/** One body: a `chat.completion`. `created` is in s since the epoch. */
export function plainBody(request: ChatRequest, answer: Answer, id: string, created: number): string {
  return JSON.stringify({
    id,
    object: 'chat.completion',
    created,
    model: request.model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: answer.content, refusal: null },
        logprobs: null,
        finish_reason: answer.finishReason,
      },
    ],
    usage: usageOf(request, answer),
  });
}

/** Characters that one event of a stream carries: about a token or two, as an endpoint sends them. */
const PIECE = /[\s\S]{1,8}/gu;

/** The same as server-sent events: the role, the text piece by piece, the reason for the end, the usage if asked for. */
export function streamBody(request: ChatRequest, answer: Answer, id: string, created: number): string {
  const head = { id, object: 'chat.completion.chunk', created, model: request.model };
  const noUsage = request.includeUsage ? { usage: null } : {};
  const event = (delta: object, finish_reason: string | null): string => {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason }];
    return `data: ${JSON.stringify({ ...head, choices, ...noUsage })}\n\n`;
  };
  const pieces = answer.content.match(PIECE) ?? [];
  return [
    event({ role: 'assistant', content: '' }, null),
    ...pieces.map((content) => event({ content }, null)),
    event({}, answer.finishReason),
    ...(request.includeUsage
      ? [`data: ${JSON.stringify({ ...head, choices: [], usage: usageOf(request, answer) })}\n\n`]
      : []),
    'data: [DONE]\n\n',
  ].join('');
}

/** The body with JSON in it that no parser takes; the length stays consistent with the headers. */
export function breakJson(body: string, stream: boolean): string {
  return stream ? body.replace('}\n\n', '\n\n') : body.slice(0, -1 - Math.floor(body.length / 4));
}

function usageOf({ promptTokens }: ChatRequest, { completionTokens }: Answer): object {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}
