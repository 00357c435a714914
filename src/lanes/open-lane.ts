import type { Wire } from '../catalog/entry.ts';
import { AppError } from '../core/errors.ts';
import type { Environment } from '../provider/proxy-env.ts';
import type { Lane, LaneName } from './lane.ts';

export interface LaneOptions {
  /** Default: that of the API's own maker. */
  readonly baseUrl?: string | undefined;
  readonly apiKey?: string | undefined;
  /** Headers of the user's own. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly env: Environment;
}

/** Wires whose makers have a batch API that is spoken here, and which. */
const LANES: ReadonlyMap<Wire | 'own', LaneName> = new Map([
  ['openai', 'openai'],
  ['openai-responses', 'openai'],
  ['anthropic', 'anthropic'],
]);

/** Throws `usage` where there is none. */
export function laneOf(wire: Wire | 'own', provider: string): LaneName {
  const lane = LANES.get(wire);
  if (lane !== undefined) return lane;
  throw new AppError('usage', `there are no batches with the provider ${provider}`, {
    hint: 'they are for OpenAI and what is compatible with its Batch API, and for Anthropic',
  });
}

/** Throws `usage` for a URL or key that can't be used. The caller closes it. */
export async function openLane(wire: Wire | 'own', provider: string, options: LaneOptions): Promise<Lane> {
  if (laneOf(wire, provider) === 'anthropic') {
    return (await import('./anthropic-lane.ts')).anthropicLane(options);
  }
  return (await import('./openai-lane.ts')).openAiLane(options, wire === 'openai-responses');
}
