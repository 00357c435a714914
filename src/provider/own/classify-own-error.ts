import { AppError, ProviderError } from '../../core/errors.ts';
import { type ErrorCode, FAILURES } from '../../core/failures.ts';
import { codeOf } from '../error-rules.ts';
import { toNetworkError } from '../network-error.ts';
import { createMask, oneLine } from '../sanitise.ts';

/** What is looked for on a thrown value, whatever class it is of. */
interface Facts {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly status?: unknown;
  readonly statusCode?: unknown;
  readonly retryAfterMs?: unknown;
  readonly requestId?: unknown;
  readonly usage?: unknown;
  readonly hint?: unknown;
  readonly cause?: unknown;
}

/** Codes of Node.js and undici for what happens to connections. */
const NETWORK_CODE = /^(E[A-Z]+|UND_ERR_\w+)$/;

/**
 * What the user's own provider threw, as a `ProviderError`. An error of gistmill's stays as it is. One that only looks
 * like it (another copy of the package) counts by its `code`; one with a `status` as a reply of that status with that
 * message would; one of the network as such. Any other is a mistake in the module: it would happen again, so the run ends.
 */
export function classifyOwnError(
  thrown: unknown,
  provider: string,
  secrets: readonly (string | undefined)[],
): AppError {
  if (thrown instanceof AppError) return thrown;
  const facts: Facts = typeof thrown === 'object' && thrown !== null ? thrown : { message: String(thrown) };
  const status = numberOf(facts.status) ?? numberOf(facts.statusCode);
  const text = typeof facts.message === 'string' ? facts.message : 'no message';
  const network = status === undefined ? networkError(facts, provider) : undefined;
  if (network !== undefined) return network;
  const shown = oneLine(createMask(secrets)(text));
  return new ProviderError(codeFor(facts, status, text), `${provider}: ${shown}`, {
    status,
    retryAfterMs: numberOf(facts.retryAfterMs),
    requestId: typeof facts.requestId === 'string' ? facts.requestId : undefined,
    hint: typeof facts.hint === 'string' ? oneLine(facts.hint) : undefined,
    cause: thrown,
  });
}

function codeFor({ code, name, retryAfterMs }: Facts, status: number | undefined, text: string): ErrorCode {
  if (typeof code === 'string' && Object.hasOwn(FAILURES, code)) return code as ErrorCode;
  if (status !== undefined) {
    const words = typeof code === 'string' ? [code.toLowerCase()] : [];
    return codeOf({ status, words, text: text.toLowerCase() });
  }
  if (name === 'TimeoutError' || name === 'AbortError') return 'timeout';
  return numberOf(retryAfterMs) === undefined ? 'internal' : 'rate_limited';
}

/** `fetch` hides the reason of its `TypeError: fetch failed` in the cause. */
function networkError(facts: Facts, host: string): ProviderError | undefined {
  const found = [facts, facts.cause].find(
    (error): error is Error =>
      error instanceof Error &&
      'code' in error &&
      typeof error.code === 'string' &&
      NETWORK_CODE.test(error.code),
  );
  return found && toNetworkError(found, { host, status: undefined, bytes: 0 });
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
