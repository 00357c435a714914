import manifest from '../../package.json' with { type: 'json' };
import { wireOf } from '../catalog/find-provider.ts';
import { type ConfigSources, type Explained, loadExplainedOptions } from '../config/load-config.ts';
import { type Endpoint, resolveEndpoint } from '../config/resolve-endpoint.ts';
import { toAppError } from '../core/errors.ts';
import { failureRule } from '../core/failures.ts';
import type { LimitHint } from '../core/request.ts';
import { type Check, type Diagnosis, ok, type Setting, skipped } from './check.ts';
import { checkKey } from './check-key.ts';
import { checkModels } from './check-models.ts';
import { checkNetwork } from './check-network.ts';
import { checkRequest } from './check-request.ts';
import { checkNode, checkSqlite } from './check-runtime.ts';
import { checkLimits } from './describe-limits.ts';
import { describeSettings } from './describe-settings.ts';

export interface DoctorParts extends ConfigSources {
  readonly nodeVersion: string;
  /** Whether one request may be sent. */
  readonly mayAsk: boolean;
}

/** Finds out what is configured and whether it works, from the inside outwards. Rejects only for faults of gistmill. */
export async function diagnose(parts: DoctorParts): Promise<Diagnosis> {
  const node = checkNode(parts.nodeVersion, manifest.engines.node);
  let explained: Explained;
  let endpoint: Endpoint;
  try {
    explained = await loadExplainedOptions(parts);
    endpoint = resolveEndpoint(explained.options, explained.env, parts.cwd, true, false);
  } catch (error) {
    return finish([], [node, await checkSqlite(false), misconfigured(error)]);
  }
  const { cache } = explained.options;
  const settings = describeSettings(explained, endpoint, parts.env);
  const inside = [
    node,
    await checkSqlite(cache !== undefined && cache !== 'off'),
    checkConfiguration(endpoint),
    checkKey({ ...explained, endpoint, cwd: parts.cwd, real: parts.env }),
  ];
  return finish(settings, [...inside, ...(await outside(explained, endpoint, parts.mayAsk))]);
}

/** Without a model no run starts, but the endpoint can be asked which there are. */
function checkConfiguration({ model }: Endpoint): Check {
  if (model !== '') return ok('configuration', 'everything that is set can be read and fits together');
  return {
    ...{ name: 'configuration', status: 'failed', exitCode: 2 },
    text: 'no model is named; gistmill chooses none by itself',
    hint: 'write --model NAME, one of those that the endpoint has',
  };
}

function misconfigured(thrown: unknown): Check {
  const error = toAppError(thrown);
  if (error.code === 'internal') throw error;
  const { message, hint } = error;
  const { exitCode } = failureRule(error.code);
  return {
    name: 'configuration',
    status: 'failed',
    exitCode,
    text: message,
    ...(hint !== undefined && { hint }),
  };
}

/** The way to the endpoint, and what it says. After a failure on the way nothing behind it is tried. */
async function outside(
  { options, env }: Explained,
  endpoint: Endpoint,
  mayAsk: boolean,
): Promise<readonly Check[]> {
  const checks: Check[] = [];
  const limits: LimitHint[] = [];
  let isLost = false;
  let hasAnswered = false;
  const address = wireOf(endpoint.provider) === 'own' ? undefined : (endpoint.baseUrl ?? endpoint.url);
  if (address !== undefined) {
    checks.push(...(await checkNetwork(new URL(address), env)));
    isLost = checks.some(({ status }) => status === 'failed');
    if (!isLost && endpoint.baseUrl !== undefined) {
      const models = await checkModels(endpoint, env, mayAsk);
      checks.push(...models.checks);
      limits.push(...models.limits);
      isLost = models.isRefused;
      hasAnswered = models.checks.some(({ name }) => name === 'model');
    }
  }
  if (isLost) checks.push(skipped('request', 'not sent, since what comes before it has failed'));
  else if (endpoint.model === '') checks.push(skipped('request', 'not sent, since no model is named'));
  else if (mayAsk) {
    const asked = await checkRequest(options, endpoint, env);
    checks.push(...asked.checks);
    if (asked.limits.length > 0) limits.splice(0, limits.length, ...asked.limits);
    hasAnswered ||= asked.hasAnswered;
  } else checks.push(skipped('request', 'not sent (--no-request), so the key and the model are not proven'));
  if (address !== undefined) checks.push(checkLimits(limits, hasAnswered));
  return checks;
}

function finish(settings: readonly Setting[], checks: readonly Check[]): Diagnosis {
  const failures = checks.flatMap(({ status, exitCode }) => (status === 'failed' ? [exitCode ?? 3] : []));
  const warned = checks.some(({ status }) => status === 'warning') ? 1 : 0;
  return { settings, checks, exitCode: failures.length > 0 ? Math.min(...failures) : warned };
}
