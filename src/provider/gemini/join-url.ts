import { basePath, withPath } from '../base-path.ts';

/** Ends of full paths that people paste: a model with its method, or the base of the OpenAI-compatible endpoint. */
const ENDPOINTS = /\/(models|tunedModels|openai)(\/.*)?$/;

/**
 * The URL of generateContent, or of its stream of events, for a model and a base URL in any written form: the origin or a prefix of one's own
 * (`/v1beta` is added), with a version, with `/models`, or a whole path. The query stays, but for a key in it.
 */
export function joinUrl(base: URL, model: string, streams = false): URL {
  const prefix = basePath(base).replace(ENDPOINTS, '');
  const versioned = /\/v\d+((alpha|beta)\d*)?(\/|$)/.test(prefix) ? prefix : `${prefix}/v1beta`;
  const url = withPath(
    base,
    `${versioned}/${resourceOf(model)}:${streams ? 'streamGenerateContent' : 'generateContent'}`,
  );
  if (streams) url.searchParams.set('alt', 'sse');
  url.searchParams.delete('key');
  return url;
}

/** `gemini-…` is short for `models/gemini-…`; `tunedModels/…` stands for itself. */
function resourceOf(model: string): string {
  const resource = model.includes('/') ? model : `models/${model}`;
  return resource.split('/').map(encodeURIComponent).join('/');
}
