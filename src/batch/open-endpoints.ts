import type { EndpointPlan, PlannedEndpoint } from '../config/plan-endpoints.ts';
import { AppError, toAppError } from '../core/errors.ts';
import type { Provider } from '../core/request.ts';
import type { ReuseParts } from '../engine/build-complete.ts';
import { shortDigest } from '../journal/digest.ts';
import type { LimitUseFile } from '../journal/limit-use-file.ts';
import { openProvider } from '../provider/open-provider.ts';
import { type Billing, openBilling } from './billing.ts';
import type { BatchEndpoint, BatchEndpoints } from './join-batch.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The endpoints of a run, ready to be asked. */
export interface OpenEndpoints {
  /** That of the first. */
  readonly provider: Provider;
  /** Of several endpoints, what `joinBatch` needs; undefined where there is one. */
  several(shared: SharedParts): BatchEndpoints | undefined;
  close(): Promise<void>;
}

interface SharedParts {
  readonly reuse?: ReuseParts | undefined;
  /** What earlier runs have taken from limits by the day. */
  readonly uses?: LimitUseFile | undefined;
}

/** How each of the endpoints is billed, in their order. Rejects as `openBilling` does. */
export async function openBillings(plan: EndpointPlan): Promise<readonly [Billing, ...Billing[]]> {
  const [first, ...others] = plan;
  const open = (planned: PlannedEndpoint): Promise<Billing> =>
    openBilling(planned.options, planned.endpoint).catch((thrown: unknown) => {
      const { code, message, hint } = toAppError(thrown);
      throw new AppError(code, plan.length === 1 ? message : `endpoint ${planned.name}: ${message}`, {
        hint,
      });
    });
  return [await open(first), ...(await Promise.all(others.map(open)))];
}

/** Whether anything of a run may be billed. */
export function isBilled(billings: readonly Billing[]): boolean {
  return billings.some(({ billed }) => billed);
}

/** Opens the providers of all endpoints. Rejects as `openProvider` does; then none is left open. */
export async function openEndpoints(
  plan: EndpointPlan,
  billings: readonly Billing[],
  env: Env,
): Promise<OpenEndpoints> {
  const providers: Provider[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(providers.map((provider) => provider.close()));
  };
  try {
    for (const { options, endpoint } of plan)
      providers.push(await openProvider({ ...options, ...endpoint, env }));
  } catch (error) {
    await close();
    throw error;
  }
  const [provider] = providers;
  if (provider === undefined) throw new TypeError('a run needs an endpoint');
  return { provider, close, several: (shared) => join(plan, billings, providers, shared) };
}

function join(
  plan: EndpointPlan,
  billings: readonly Billing[],
  providers: readonly Provider[],
  { reuse, uses }: SharedParts,
): BatchEndpoints | undefined {
  if (plan.length === 1) return undefined;
  const owners = new Set<string>();
  const all = plan.flatMap((planned, at): readonly (BatchEndpoint & { readonly isFallback: boolean })[] => {
    const { name, weight, isFallback, options, endpoint } = planned;
    const [provider, billing] = [providers[at], billings[at]];
    if (provider === undefined || billing === undefined) return [];
    const store = uses?.of(ownerOf(planned, owners));
    return [
      {
        ...{ name, weight, isFallback, settings: options, provider, billing, uses: store },
        model: endpoint.model,
        // Lines of a batch file may name models of their own; those are theirs at any place, but the fallback's.
        replaces: isFallback ? undefined : plan[0].endpoint.model,
      },
    ];
  });
  return {
    main: all.filter(({ isFallback }) => !isFallback),
    fallback: all.filter(({ isFallback }) => isFallback),
    fallbackReuse: reuse && ofFallback(reuse, plan),
  };
}

/** Whose limits they are. Two accounts at one place have limits of their own. */
function ownerOf({ name, endpoint }: PlannedEndpoint, taken: Set<string>) {
  const { provider, baseUrl, url, model } = endpoint;
  const place = url ?? baseUrl ?? provider;
  const isFirst = !taken.has(`${place} ${model}`);
  taken.add(`${place} ${model}`);
  return { endpoint: isFirst ? place : `${place} (${name})`, model };
}

/** Answers of the fallback are kept under keys of their own: no other run is to take them for those of the first. */
function ofFallback(reuse: ReuseParts, plan: EndpointPlan): ReuseParts {
  const who = plan
    .filter(({ isFallback }) => isFallback)
    .map(({ endpoint: { provider, baseUrl, url, model } }) => [provider, baseUrl ?? url ?? '', model]);
  const mark = shortDigest(JSON.stringify(who));
  return { ...reuse, keyOf: (request) => `${mark}.${reuse.keyOf(request)}` };
}

/** Limits by the day, of whichever endpoint has them: what earlier runs took from them counts. */
export function dayLimits(plan: EndpointPlan): {
  readonly rpd: number | undefined;
  readonly tpd: number | undefined;
} {
  const first = (key: 'rpd' | 'tpd'): number | undefined =>
    plan.map(({ options }) => options[key]).find((limit) => limit !== undefined);
  return { rpd: first('rpd'), tpd: first('tpd') };
}
