export type Redact = (text: string) => string;

const MASK = '***';

/** A shorter "secret" (a dummy key such as `x`) would blot out ordinary words. */
const SHORTEST_SECRET = 4;

/** `user:password@` of a URL. Quotes end it, so that JSON stays JSON. The scheme is bounded: linear time. */
const URL_CREDENTIALS = /\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/?#"'<>\\]+@/gi;

/** A key that travels in a query string. */
const QUERY_KEY = /([?&](?:api[-_]?key|key|(?:access[-_]?)?token|sig|signature)=)[^&\s#"'<>\\]+/gi;

/**
 * Masks secrets in text that leaves the program: the known ones wherever they stand (as they are, in
 * JSON, in a URL), and the credentials of any URL.
 */
export function createRedactor(secrets: readonly string[]): Redact {
  const known = pattern(secrets);
  return (text) => {
    const bare = known === undefined ? text : text.replace(known, MASK);
    return bare.replace(URL_CREDENTIALS, `$1${MASK}@`).replace(QUERY_KEY, `$1${MASK}`);
  };
}

function pattern(secrets: readonly string[]): RegExp | undefined {
  const forms = secrets
    .map((secret) => secret.trim())
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
  if (forms.length === 0) return undefined;
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
}
