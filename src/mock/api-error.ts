import { formatDuration } from './format-duration.ts';
import type { LimitState, LimitUnit } from './limit-headers.ts';
import type { Headers } from './send-reply.ts';

interface ApiErrorParts {
  readonly message: string;
  readonly type: string;
  readonly param?: string;
  readonly code?: string;
  /** Flat list of header names and values. */
  readonly headers?: readonly string[];
}

/** A refusal in OpenAI's shape. Messages and codes are those that its API sends. */
export class ApiError extends Error {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;

  constructor(status: number, { message, type, param, code, headers }: ApiErrorParts) {
    super(message);
    this.status = status;
    this.headers = headers ?? [];
    this.body = JSON.stringify({ error: { message, type, param: param ?? null, code: code ?? null } });
  }
}

const INVALID = 'invalid_request_error';

/** `key` is what was sent instead of the right one, if anything was. */
export function wrongKey(key: string | undefined): ApiError {
  if (key === undefined) {
    const message =
      "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).";
    return new ApiError(401, { message, type: INVALID });
  }
  const masked =
    key.length > 8
      ? `${key.slice(0, 3)}${'*'.repeat(key.length - 7)}${key.slice(-4)}`
      : '*'.repeat(key.length);
  return new ApiError(401, {
    message: `Incorrect API key provided: ${masked}.`,
    type: INVALID,
    code: 'invalid_api_key',
  });
}

export function badRequest(message: string, param?: string): ApiError {
  return new ApiError(400, { message, type: INVALID, ...(param === undefined ? {} : { param }) });
}

export function modelNotFound(model: string): ApiError {
  const message = `The model \`${model}\` does not exist or you do not have access to it.`;
  return new ApiError(404, { message, type: INVALID, code: 'model_not_found' });
}

/** In the words of an endpoint that has never heard of it. */
export function noResponseFormat(): ApiError {
  return badRequest('Unrecognized request argument supplied: response_format');
}

export function unknownUrl(method: string, path: string): ApiError {
  return new ApiError(404, { message: `Invalid URL (${method} ${path})`, type: INVALID });
}

export function wrongMethod(method: string, path: string): ApiError {
  return new ApiError(405, { message: `Not allowed to ${method} on ${path}.`, type: INVALID });
}

/** All numbers are tokens. */
export function contextTooLong(context: number, prompt: number, completion: number | undefined): ApiError {
  const asked =
    completion === undefined || prompt > context
      ? `your messages resulted in ${prompt} tokens. Please reduce the length of the messages.`
      : `you requested ${prompt + completion} tokens (${prompt} in the messages, ${completion} in the completion). Please reduce the length of the messages or completion.`;
  return new ApiError(400, {
    message: `This model's maximum context length is ${context} tokens. However, ${asked}`,
    type: INVALID,
    param: 'messages',
    code: 'context_length_exceeded',
  });
}

const NAMES = {
  requests: { minute: 'requests per min (RPM)', day: 'requests per day (RPD)' },
  tokens: { minute: 'tokens per min (TPM)', day: 'tokens per day (TPD)' },
  inputTokens: { minute: 'input tokens per min (ITPM)', day: 'input tokens per day (ITPD)' },
  outputTokens: { minute: 'output tokens per min (OTPM)', day: 'output tokens per day (OTPD)' },
} as const satisfies Record<LimitUnit, Record<LimitState['window'], string>>;

type Kind = Pick<LimitState, 'unit' | 'window'>;

function placeOf(model: string, { unit, window }: Kind): string {
  return `${model} in organization org-mock on ${NAMES[unit][window]}`;
}

export function rateLimited(
  model: string,
  at: Kind & {
    readonly limit: number;
    readonly used: number;
    readonly requested: number;
    readonly waitMs: number;
    readonly headers: Headers;
  },
): ApiError {
  const { limit, used, requested, headers } = at;
  return new ApiError(429, {
    message: `Rate limit reached for ${placeOf(model, at)}: Limit ${limit}, Used ${used}, Requested ${requested}. Please try again in ${formatDuration(at.waitMs)}.`,
    type: at.unit === 'requests' ? 'requests' : 'tokens',
    code: 'rate_limit_exceeded',
    headers,
  });
}

/** More tokens than the whole limit: no wait helps, so none is named. */
export function requestTooLarge(
  model: string,
  at: Kind & { readonly limit: number; readonly requested: number },
): ApiError {
  return new ApiError(429, {
    message: `Request too large for ${placeOf(model, at)}: Limit ${at.limit}, Requested ${at.requested}. The input or output tokens must be reduced in order to run successfully.`,
    type: 'tokens',
    code: 'rate_limit_exceeded',
  });
}

/** Nobody can tell when a slot becomes free, so no wait is named. */
export function tooManyInFlight(model: string, limit: number): ApiError {
  return new ApiError(429, {
    message: `Too many concurrent requests for ${model}: Limit ${limit}. Please try again later.`,
    type: 'requests',
    code: 'rate_limit_exceeded',
  });
}

export function serverError(): ApiError {
  return new ApiError(500, {
    message: 'The server had an error while processing your request. Sorry about that!',
    type: 'server_error',
  });
}

export function overloaded(): ApiError {
  return new ApiError(503, {
    message: 'The engine is currently overloaded, please try again later.',
    type: 'server_error',
  });
}
