import type { EndpointPlan } from '../config/plan-endpoints.ts';
import type { DescribedPrompt } from '../prompt/create-prompt.ts';
import type { Work } from './open-work.ts';
import { type RowSettings, rowSettings } from './row-settings.ts';

/**
 * The work of a run with several endpoints: what made a row is then any of them. Rows are named after the first, and
 * after each other provider and model that shares the work. So one more endpoint with the same model makes no row stale,
 * nor do limits, weights, prices and keys, nor the fallback, whose answers stand under its own name.
 */
export async function madeBySeveral(work: Work, plan: EndpointPlan, prompt: DescribedPrompt): Promise<Work> {
  const sharing = plan.filter(({ isFallback }) => !isFallback);
  const [first, ...others] = sharing.map(({ endpoint: { provider, model } }) => `${provider}/${model}`);
  const also = [...new Set(others)].filter((name) => name !== first).sort();
  if (also.length === 0) return work;
  const used = await Promise.all(
    sharing.map(({ options, endpoint }) => rowSettings(options, endpoint, prompt)),
  );
  const usedFields = [...new Set(used.flatMap((each) => each.usedFields))];
  const extend = (rows: RowSettings): RowSettings => ({ settings: { ...rows.settings, also }, usedFields });
  return { ...work, rows: extend(work.rows), requests: work.requests && extend(work.requests) };
}
