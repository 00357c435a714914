import { AppError } from '../core/errors.ts';

/** Only http and https. The message leaves out a URL that may hold a password or a key. */
export function parseUrl(source: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  const shown = /[@?]/.test(text) ? 'the value' : JSON.stringify(text);
  throw new AppError(
    'usage',
    `${source}: ${shown} is not an http or https URL; write e.g. http://127.0.0.1:8000/v1`,
  );
}
