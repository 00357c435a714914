/** Headers of a reply, names in lower case. A repeated header is an array. */
export type ReplyHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** One header's value; the values of a repeated one joined as HTTP joins them (RFC 9110, section 5.3). */
export function headerOf(headers: ReplyHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.join(', ');
}

/** The names under which endpoints give a request's id, the commonest first. */
const REQUEST_ID_HEADERS = ['x-request-id', 'request-id', 'apim-request-id', 'x-amzn-requestid', 'cf-ray'];

/** The endpoint's own id of a request, for its support. */
export function requestIdOf(headers: ReplyHeaders): string | undefined {
  for (const name of REQUEST_ID_HEADERS) {
    const id = headerOf(headers, name);
    if (id !== undefined && id !== '') return id.slice(0, 200);
  }
  return undefined;
}
