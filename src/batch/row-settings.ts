import { wireOf } from '../catalog/find-provider.ts';
import type { Endpoint } from '../config/resolve-endpoint.ts';
import type { RunOptions } from '../config/run-options.ts';
import type { JsonObject } from '../core/json.ts';
import { shortDigest } from '../journal/digest.ts';
import type { DescribedPrompt } from '../prompt/create-prompt.ts';

/** What decides over the answers of a run besides the texts: each row names it by a hash. */
export interface RowSettings {
  /** Without what is not set, and without keys and passwords. */
  readonly settings: JsonObject;
  /** Fields of a record, the text aside, on which its request depends. */
  readonly usedFields: readonly string[];
}

type Settled = Pick<RunOptions, 'body' | 'bodyType' | 'responsePath'> & Partial<Pick<RunOptions, 'strategy'>>;

/** What the built-in summariser, which reads no messages, heeds of a prompt. */
const OF_LOCAL = ['length', 'style', 'language', 'maxOutputTokens'] as const;
/** With these no text is worked at in parts. */
const WHOLE: readonly Settled['strategy'][] = ['single', 'truncate', 'fail'];

export async function rowSettings(
  options: Settled,
  endpoint: Endpoint,
  prompt: DescribedPrompt,
): Promise<RowSettings> {
  const { provider, model } = endpoint;
  if (provider === 'local') return { settings: ofLocal(model, prompt.settings), usedFields: [] };
  const { params, ...whole } = prompt.settings;
  const inParts = options.strategy !== undefined && !WHOLE.includes(options.strategy);
  const asked = { ...whole, ...(inParts && prompt.stepSettings) };
  const url = withoutSecrets(endpoint.baseUrl ?? endpoint.url ?? '');
  if (wireOf(provider) !== 'http') {
    return {
      settings: { provider, ...(url !== '' && { url }), ...asked, ...named('param', params) },
      usedFields: prompt.usedFields,
    };
  }
  const { body, bodyType, responsePath } = options;
  const sent = body === undefined ? { model } : { ...asked, body };
  const { bodyFields } = await import('../provider/http/body-template.ts');
  return {
    settings: {
      ...{ provider, url, ...sent, bodyType },
      ...(responsePath !== undefined && { responsePath }),
    },
    usedFields: body === undefined ? [] : [...prompt.usedFields, ...(await bodyFields(body))],
  };
}

function ofLocal(model: string, settings: JsonObject): JsonObject {
  const heeded = OF_LOCAL.flatMap((name) => {
    const value = settings[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { provider: 'local', model, ...Object.fromEntries(heeded) };
}

function named(prefix: string, values: unknown): JsonObject {
  const entries = Object.entries((values ?? {}) as JsonObject);
  return Object.fromEntries(entries.map(([name, value]) => [`${prefix} ${name}`, value]));
}

/** A query may hold a key as well as what matters, so a hash stands for it. */
function withoutSecrets(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  const query = url.search === '' ? '' : `?#${shortDigest(url.search)}`;
  return `${url.origin}${url.pathname}${query}`;
}
