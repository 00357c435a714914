import { type ErrorCode, failureRule } from './failures.ts';
import type { LimitHint, Usage } from './request.ts';

export interface AppErrorExtra {
  /** What the user can do about it, one line. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** Every error that gistmill knows. `message` is one line, without secrets; `code` is stable. */
export class AppError extends Error {
  override readonly name: string = 'AppError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, extra: AppErrorExtra = {}) {
    super(message, extra.cause === undefined ? undefined : { cause: extra.cause });
    this.code = code;
    this.hint = extra.hint;
  }

  /** Whether another attempt, now or in a later run, may succeed. */
  get retryable(): boolean {
    return failureRule(this.code).retry !== 'no';
  }
}

export interface ProviderErrorExtra extends AppErrorExtra {
  readonly status?: number | undefined;
  /** How long the server asks to wait, in ms. */
  readonly retryAfterMs?: number | undefined;
  readonly requestId?: string | undefined;
  /** Tokens that were billed although the attempt failed. */
  readonly usage?: Usage | undefined;
  /** What the reply's headers said of the endpoint's limits. */
  readonly limits?: readonly LimitHint[] | undefined;
  /** With `context_too_long`: what the endpoint says of it. */
  readonly context?: ContextFacts | undefined;
}

/** In tokens. What the endpoint does not say is missing. */
export interface ContextFacts {
  /** The most that a request and its answer may take. */
  readonly limit?: number;
  /** What the request took. */
  readonly prompt?: number;
}

/** A failed attempt at an endpoint, classified where it arose. */
export class ProviderError extends AppError {
  override readonly name = 'ProviderError';
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly requestId: string | undefined;
  readonly usage: Usage | undefined;
  readonly limits: readonly LimitHint[] | undefined;
  readonly context: ContextFacts | undefined;

  constructor(code: ErrorCode, message: string, extra: ProviderErrorExtra = {}) {
    super(code, message, extra);
    this.status = extra.status;
    this.retryAfterMs = extra.retryAfterMs;
    this.requestId = extra.requestId;
    this.usage = extra.usage;
    this.limits = extra.limits;
    this.context = extra.context;
  }
}

/** Any thrown value as an `AppError`; what is not one is a fault of gistmill itself. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new AppError('internal', message, { cause: thrown });
}
