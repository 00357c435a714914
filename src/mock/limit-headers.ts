import { formatDuration } from './format-duration.ts';
import type { Headers } from './send-reply.ts';

/** Whose headers tell of limits; `none`: nothing is told, not even how long to wait. */
export type LimitHeaders = 'openai' | 'anthropic' | 'ietf' | 'none';

export type LimitUnit = 'requests' | 'tokens' | 'inputTokens' | 'outputTokens';

/** One limit as it stands now. */
export interface LimitState {
  readonly unit: LimitUnit;
  readonly window: 'minute' | 'day';
  readonly limit: number;
  readonly remaining: number;
  /** Ms until all of it is there again. */
  readonly resetMs: number;
}

/** OpenAI has no names for input and output apart; these are those that Fireworks sends in the same family. */
const OPENAI_NAMES = {
  requests: 'requests',
  tokens: 'tokens',
  inputTokens: 'tokens-prompt',
  outputTokens: 'tokens-generated',
} as const satisfies Record<LimitUnit, string>;

/** The names of Anthropic, of which the IETF's quota units are made too where it has none. */
const ANTHROPIC_NAMES = {
  requests: 'requests',
  tokens: 'tokens',
  inputTokens: 'input-tokens',
  outputTokens: 'output-tokens',
} as const satisfies Record<LimitUnit, string>;

/** What each reply says of the limits. */
export function limitHeaders(style: LimitHeaders, states: readonly LimitState[], epochMs: number): Headers {
  switch (style) {
    case 'openai':
      return states.flatMap(openai);
    case 'anthropic':
      return states.flatMap((state) => anthropic(state, epochMs));
    case 'ietf':
      return ietf(states);
    case 'none':
      return [];
  }
}

/** How long a refused request should wait. */
export function waitHeaders(style: LimitHeaders, waitMs: number): Headers {
  if (style === 'none') return [];
  const inSeconds = ['retry-after', String(Math.ceil(waitMs / 1000))];
  return style === 'openai' ? [...inSeconds, 'retry-after-ms', String(Math.ceil(waitMs))] : inSeconds;
}

/** OpenAI's guide to rate limits, "Rate limits in headers"; for a day the suffix that Cerebras and Mistral use. */
function openai({ unit, window, limit, remaining, resetMs }: LimitState): string[] {
  const name = `${OPENAI_NAMES[unit]}${window === 'day' ? '-day' : ''}`;
  return [
    ...[`x-ratelimit-limit-${name}`, String(limit)],
    ...[`x-ratelimit-remaining-${name}`, String(remaining)],
    ...[`x-ratelimit-reset-${name}`, formatDuration(resetMs)],
  ];
}

/** Anthropic's documentation, "Rate limits", "Response headers": resets in RFC 3339; it has no limits by the day. */
function anthropic({ unit, window, limit, remaining, resetMs }: LimitState, epochMs: number): string[] {
  if (window === 'day') return [];
  const prefix = `anthropic-ratelimit-${ANTHROPIC_NAMES[unit]}`;
  const resetAt = new Date(Math.ceil((epochMs + resetMs) / 1000) * 1000);
  return [
    ...[`${prefix}-limit`, String(limit)],
    ...[`${prefix}-remaining`, String(remaining)],
    ...[`${prefix}-reset`, resetAt.toISOString().replace('.000Z', 'Z')],
  ];
}

/** Two structured lists (draft-ietf-httpapi-ratelimit-headers, from 08 on), in whole requests or tokens, and whole seconds. */
function ietf(states: readonly LimitState[]): string[] {
  const whole = states.filter(({ limit }) => limit >= 1);
  if (whole.length === 0) return [];
  const name = ({ unit, window }: LimitState): string => `"${ANTHROPIC_NAMES[unit]}-per-${window}"`;
  const policies = whole.map((state) => {
    const unit = state.unit === 'requests' ? '' : `;qu="${ANTHROPIC_NAMES[state.unit]}"`;
    return `${name(state)};q=${Math.floor(state.limit)};w=${state.window === 'day' ? 86_400 : 60}${unit}`;
  });
  const now = whole.map(
    (state) => `${name(state)};r=${state.remaining};t=${Math.ceil(state.resetMs / 1000)}`,
  );
  return ['ratelimit-policy', policies.join(', '), 'ratelimit', now.join(', ')];
}
