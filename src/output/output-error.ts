import { getSystemErrorMap } from 'node:util';
import { AppError } from '../core/errors.ts';

/** How a stream or pipe says that nobody reads it any more. */
const GONE = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END']);

/** A failed write, as `output_closed` or `output_write`; `name` is the output as the user knows it. */
export function outputError(name: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const code = errorCode(cause);
  if (code !== undefined && GONE.has(code)) {
    return new AppError('output_closed', `${name}: its reader has gone (${code})`, { cause });
  }
  return new AppError('output_write', `${name}: ${reasonOf(cause)}`, { cause });
}

export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** `no space left on device (ENOSPC)` where the system has words for it. */
function reasonOf(error: unknown): string {
  const errno = error instanceof Error && 'errno' in error ? error.errno : undefined;
  const known = typeof errno === 'number' ? getSystemErrorMap().get(errno) : undefined;
  if (known !== undefined) return `${known[1]} (${known[0]})`;
  return error instanceof Error ? error.message : String(error);
}
