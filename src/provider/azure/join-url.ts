import { basePath, withPath } from '../base-path.ts';

/** The latest data plane version that is no preview (Azure OpenAI REST API reference, "API specs"). */
const USUAL_VERSION = '2024-10-21';
/** Values of `api-version` that belong to the v1 API, which needs none (Azure OpenAI, "API version lifecycle"). */
const V1_VERSIONS: ReadonlySet<string> = new Set(['preview', 'latest', 'v1']);

const CHAT = '/chat/completions';

/**
 * The URL of chat completions at Azure for a model, which is the name of a deployment there, and a base URL in any
 * written form. A base URL with a deployment keeps it (`…/openai/deployments/NAME?api-version=…`). One with
 * `/openai/v1` is the v1 API. The bare resource, with or without `/openai`, is the v1 API too, unless an `api-version`
 * comes with it or is named apart: then the model is the deployment in the path.
 */
export function joinUrl(base: URL, model: string, apiVersion: string | undefined): URL {
  const path = basePath(base).replace(/\/(chat\/)?completions$|\/(responses|embeddings)$/i, '');
  const version = base.searchParams.get('api-version') || apiVersion;
  if (/\/deployments\/[^/]+$/.test(path)) return dated(withPath(base, path + CHAT), version ?? USUAL_VERSION);
  const resource = path.replace(/(\/openai)?(\/(v1|deployments))?$/, '');
  const isV1 = /\/v1$/.test(path) || version === undefined || V1_VERSIONS.has(version);
  if (isV1) return withPath(base, `${resource}/openai/v1${CHAT}`);
  const deployment = `${resource}/openai/deployments/${encodeURIComponent(model)}${CHAT}`;
  return dated(withPath(base, deployment), version);
}

function dated(url: URL, version: string): URL {
  url.searchParams.set('api-version', version);
  return url;
}
