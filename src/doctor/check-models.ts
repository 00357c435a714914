import { findProvider } from '../catalog/find-provider.ts';
import type { Env } from '../config/env-file.ts';
import { nearestName } from '../config/nearest-name.ts';
import type { Endpoint } from '../config/resolve-endpoint.ts';
import type { LimitHint } from '../core/request.ts';
import { listModels } from '../provider/list-models.ts';
import { type Check, ok, skipped } from './check.ts';

export interface ModelsChecked {
  readonly checks: readonly Check[];
  readonly limits: readonly LimitHint[];
  /** What answers is not the API, or refuses the key: nothing else need be tried. */
  readonly isRefused: boolean;
}

const LONGEST_MS = 30_000;
const MOST_NEAR = 3;
const MOST_SHOWN = 12;

/** Which models the endpoint lists, and whether the one that is meant is among them. */
export async function checkModels(endpoint: Endpoint, env: Env, willAsk: boolean): Promise<ModelsChecked> {
  const entry = findProvider(endpoint.provider);
  const { baseUrl, apiKey, model } = endpoint;
  if (entry === undefined || baseUrl === undefined) return nothing('this provider has no list of models');
  const listing = await listModels({ entry, baseUrl, apiKey, env }, AbortSignal.timeout(LONGEST_MS)).catch(
    () => 'late' as const,
  );
  if (listing === 'late') {
    const text = `no answer within ${LONGEST_MS / 1000} s`;
    return { checks: [{ name: 'models', status: 'warning', text }], limits: [], isRefused: false };
  }
  if (listing === undefined)
    return nothing('not asked: this API lists no names that --model could be compared with');
  const { url, models, error, limits } = listing;
  if (models === undefined) return { ...refused(url, error, willAsk), limits };
  const listed = ok(
    'models',
    `GET ${url} lists ${models.length} ${models.length === 1 ? 'model' : 'models'}`,
  );
  return { checks: [listed, checkModel(model, models, willAsk)], limits, isRefused: false };
}

function nothing(text: string): ModelsChecked {
  return { checks: [skipped('models', text)], limits: [], isRefused: false };
}

type Refused = Pick<ModelsChecked, 'checks' | 'isRefused'>;

/** Many servers have no list: that tells nothing. A web page, a refused key or no answer at all does. */
function refused(
  url: string,
  error: { code: string; message: string; hint: string | undefined } | undefined,
  willAsk: boolean,
): Refused {
  const { code = '', message = 'no list', hint } = error ?? {};
  const isPage = code === 'wrong_url' && message.includes('not a JSON API');
  if (code === 'wrong_key' || code === 'connection' || isPage) {
    const text = `GET ${url}: ${message}`;
    const check: Check = {
      name: 'models',
      status: 'failed',
      exitCode: 3,
      text,
      ...(hint !== undefined && { hint }),
    };
    return { checks: [check], isRefused: true };
  }
  const status = willAsk ? 'note' : 'warning';
  return {
    checks: [{ name: 'models', status, text: `GET ${url} gives no list: ${message}` }],
    isRefused: false,
  };
}

function checkModel(model: string, models: readonly string[], willAsk: boolean): Check {
  if (model === '') {
    const shown = models.slice(0, MOST_SHOWN).join(', ');
    const more = models.length > MOST_SHOWN ? ' and others' : '';
    return { name: 'model', status: 'note', text: `those that it lists: ${shown}${more}` };
  }
  // Ollama lists "llama3:latest" where "llama3" will do.
  if (models.includes(model) || models.includes(`${model}:latest`))
    return ok('model', `${model} is among them`);
  const near = nearNames(model, models);
  return {
    ...{ name: 'model', status: willAsk ? 'note' : 'warning' },
    text: `${model} is not among them${willAsk ? '; the request below tells whether it is taken all the same' : ''}`,
    ...(near.length > 0 && { hint: `did you mean ${near.join(' or ')}?` }),
  };
}

/** The name that is a slip or two away, then those that have the wanted one in them, or are in it. */
function nearNames(model: string, models: readonly string[]): readonly string[] {
  const wanted = model.toLowerCase();
  const nearest = nearestName(model, models);
  const within = models.filter((name) => {
    const lower = name.toLowerCase();
    return lower.includes(wanted) || (lower.length > 3 && wanted.includes(lower));
  });
  return [...new Set([...(nearest === undefined ? [] : [nearest]), ...within])].slice(0, MOST_NEAR);
}
