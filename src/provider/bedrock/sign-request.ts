import type { UnsignedRequest } from '../json-api-provider.ts';
import type { AwsKeys } from './credentials.ts';

/** Signs requests with Signature Version 4; `epochMs` dates them. The headers come back with the signature among them. */
export function requestSigner(keys: AwsKeys, region: string, epochMs: () => number) {
  // Keys derived from the secret, one for a day.
  const cache = new Map<string, ArrayBuffer>();
  return async ({ url, headers, body }: UnsignedRequest): Promise<Readonly<Record<string, string>>> => {
    const { AwsV4Signer } = await import('aws4fetch');
    const datetime = new Date(epochMs()).toISOString().replace(/[:-]|\.\d{3}/g, '');
    const own = { method: 'POST', service: 'bedrock', url, headers, body, region, cache, datetime };
    const signed = await new AwsV4Signer({ ...own, ...definedOnly(keys) }).sign();
    return Object.fromEntries(signed.headers);
  };
}

function definedOnly({ sessionToken, ...keys }: AwsKeys) {
  return sessionToken === undefined ? keys : { ...keys, sessionToken };
}
