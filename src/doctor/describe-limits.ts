import type { LimitHint } from '../core/request.ts';
import { type Check, ok, skipped } from './check.ts';

const UNITS: Readonly<Record<LimitHint['unit'], string>> = {
  requests: 'requests',
  tokens: 'tokens',
  inputTokens: 'input tokens',
  outputTokens: 'output tokens',
};

/** Which limits the endpoint has announced. Headers name a window only sometimes, and most often mean a minute. */
export function checkLimits(limits: readonly LimitHint[], hasAnswered: boolean): Check {
  if (!hasAnswered) return skipped('limits', 'not seen: nothing has answered');
  if (limits.length === 0) {
    return { name: 'limits', status: 'note', text: 'none announced in the headers of its answers' };
  }
  return ok('limits', limits.map(describe).join('; '));
}

function describe({ unit, limit, remaining, windowMs, resetMs }: LimitHint): string {
  const most = limit === undefined ? `an unnamed number of ${UNITS[unit]}` : `${limit} ${UNITS[unit]}`;
  const window = windowMs === undefined ? '' : ` in ${windowMs / 1000} s`;
  const left = remaining === undefined ? '' : `, ${remaining} left`;
  const reset = resetMs === undefined ? '' : `, full again in ${Math.ceil(resetMs / 1000)} s`;
  return `${most}${window}${left}${reset}`;
}
