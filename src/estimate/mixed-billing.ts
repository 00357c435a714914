import type { Billing } from '../batch/billing.ts';
import type { SimulatedEndpoint } from './simulate.ts';

/** How a run with several endpoints is billed: each price counts by the share of the requests that goes there. */
export function mixedBilling(
  endpoints: readonly SimulatedEndpoint[],
  requests: ReadonlyMap<string, number> = new Map(),
): Billing {
  if (!endpoints.some(({ billing }) => billing.billed)) return { billed: false };
  const isPlayed = requests.size > 0;
  const parts = endpoints.map(({ name, weight, billing }) => ({
    amount: isPlayed ? (requests.get(name) ?? 0) : weight,
    costOf: billing.billed ? billing.costOf : () => 0,
  }));
  const whole = parts.reduce((sum, { amount }) => sum + amount, 0);
  if (parts.some(({ amount, costOf }) => amount > 0 && costOf === undefined)) return { billed: true };
  return {
    billed: true,
    costOf: (usage) =>
      parts.reduce((sum, { amount, costOf }) => sum + ((costOf?.(usage) ?? 0) * amount) / whole, 0),
  };
}
