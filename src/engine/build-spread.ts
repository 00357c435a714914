import type { Emit, RunEvents } from '../core/events.ts';
import type { LimitUseStore } from '../core/limit-use.ts';
import type { CostOf } from '../core/money.ts';
import type { Provider, Usage } from '../core/request.ts';
import {
  budgeted,
  type CommonParts,
  type CommonSettings,
  type ReuseParts,
  reusing,
} from './build-complete.ts';
import { checkAnswer } from './complete/check-answer.ts';
import type { Complete } from './complete/complete.ts';
import { elsewhere } from './complete/elsewhere.ts';
import { onTruncated } from './complete/on-truncated.ts';
import { retry } from './complete/retry.ts';
import { Spread } from './complete/spread.ts';
import { stripThinking } from './complete/strip-thinking.ts';
import { withFallback } from './complete/with-fallback.ts';
import { Member } from './endpoints/member.ts';
import { MemberControl } from './endpoints/member-control.ts';
import { Roster } from './endpoints/roster.ts';
import { type EndpointSettings, openDispatch } from './open-dispatch.ts';
import { RetryPolicy } from './retry-policy.ts';

/** One of several endpoints. */
export interface EndpointParts {
  readonly name: string;
  /** Its share of what any of several could take. */
  readonly weight: number;
  readonly model: string;
  /** Only in place of this model in requests. Default: of any. */
  readonly replaces?: string | undefined;
  readonly provider: Provider;
  readonly settings: Pick<EndpointSettings, 'concurrency' | 'limits'>;
  /** Missing where the price is unknown. */
  readonly costOf?: CostOf | undefined;
  readonly uses?: LimitUseStore | undefined;
}

export interface SpreadParts extends Omit<CommonParts, 'costOf'> {
  /** At least one. */
  readonly endpoints: readonly EndpointParts[];
  /** Asked where these refuse a text, or are gone. May be empty. */
  readonly fallback: readonly EndpointParts[];
  readonly settings: CommonSettings;
  /** How answers of the fallback are used again: they are no answers of the others. */
  readonly fallbackReuse?: ReuseParts | undefined;
}

/**
 * The stack of a run with several endpoints. Each has its own queue, limits, pauses and forms of a request; retries,
 * budget and what is known already they have in common, above.
 */
export function buildSpread(parts: SpreadParts): Complete {
  const { endpoints, fallback, control, emit, settings } = parts;
  const roster = new Roster(control, emit);
  const main = endpoints.map((endpoint) => openMember(parts, endpoint, roster, endpoints.length > 1));
  const others = fallback.map((endpoint) => openMember(parts, endpoint, roster, fallback.length > 1));
  roster.enrol({ main, fallback: others });
  const costOf = costOfAny([...endpoints, ...fallback]);
  const pay = budgeted({ control, costOf }, settings);
  const asked = reusing(group(parts, main, roster, pay, emit), parts.reuse, emit);
  if (others.length === 0) return asked;
  const quietly: Emit = (name, event) => {
    if (name !== 'bottleneck') emit(name, event);
  };
  const second = reusing(group(parts, others, roster, pay, quietly), parts.fallbackReuse, emit);
  return withFallback(asked, second, { control, isLoss: (error) => roster.isLoss(error) });
}

/** What goes to a group of endpoints: the same as to a single one, but each attempt may go to another of them. */
function group(
  { settings, control, clock, random, emit }: SpreadParts,
  members: readonly Member[],
  roster: Roster,
  pay: (next: Complete) => Complete,
  tell: Emit,
): Complete {
  const spread = new Spread({ members, control, clock, emit: tell });
  const paid = pay((request, call) => spread.complete(request, call));
  const sent = elsewhere(paid, {
    control,
    isLoss: (error) => roster.isLoss(error),
    isOver: () => spread.isOver,
  });
  const policy = new RetryPolicy({ ...settings, random, isOutage: (error) => spread.isOutage(error) });
  const asked = retry(checkAnswer(stripThinking(sent)), { policy, control, clock, emit });
  return onTruncated(asked, settings.onTruncated ?? 'keep');
}

function openMember(
  { settings, control: run, clock, random, emit }: SpreadParts,
  { provider, costOf, uses, settings: own, ...endpoint }: EndpointParts,
  roster: Roster,
  isOneOfSeveral: boolean,
): Member {
  const control = new MemberControl(run, (reason) => {
    const out = roster.lost(member, reason);
    if (out !== undefined) dispatch.limiter.stop(out);
    return out;
  });
  const dispatch = openDispatch({
    ...{ provider, control, clock, random, costOf, uses, isOneOfSeveral },
    settings: { ...settings, ...own },
    stopSignal: run.stopSignal,
    emit: named(emit, endpoint.name),
  });
  const member = new Member({ ...endpoint, dispatch, control });
  return member;
}

/** Tells of which endpoint an event is. What holds one of them back need not hold back the run. */
function named(emit: Emit, endpoint: string): Emit {
  return (name, event) => {
    if (name !== 'bottleneck') emit(name, { ...event, endpoint } as RunEvents[typeof name]);
  };
}

/** By the price of who answered; before that is known, by that of the dearest. Undefined where any is unknown. */
function costOfAny(endpoints: readonly EndpointParts[]): CostOf | undefined {
  const prices = new Map(endpoints.map(({ name, costOf }) => [name, costOf] as const));
  const known = [...prices.values()].filter((costOf) => costOf !== undefined);
  if (known.length < prices.size) return undefined;
  return (usage: Usage & { readonly endpoint?: string | undefined }) => {
    const own = usage.endpoint === undefined ? undefined : prices.get(usage.endpoint);
    if (own !== undefined) return own(usage);
    const costs = known.map((costOf) => costOf(usage));
    return costs.some((usd) => usd === undefined) ? undefined : Math.max(...costs.map((usd) => usd ?? 0));
  };
}
