import { AppError } from '../../core/errors.ts';
import type { Provider } from '../../core/request.ts';
import { parseUrl } from '../endpoint.ts';
import { createJsonApiProvider, type HostedApiOptions, type JsonApi } from '../json-api-provider.ts';
import { converseForms } from './converse-forms.ts';
import type { AwsSettings } from './credentials.ts';
import { joinUrl, regionalUrl, regionOf } from './join-url.ts';
import { readAnswer } from './read-answer.ts';
import { requestSigner } from './sign-request.ts';
import { writeBody } from './write-body.ts';

export interface BedrockOptions extends HostedApiOptions, AwsSettings {}

/**
 * Converse of Amazon Bedrock, with a Bedrock API key or signed with AWS keys. `baseUrl` is for endpoints of one's own (a
 * VPC endpoint, a gateway). Throws `usage` for a base URL or key that can't be used and where no region is named,
 * `missing_key` where Amazon itself is to be asked without keys.
 */
export function createBedrockProvider(options: BedrockOptions): Provider {
  const base =
    options.baseUrl === undefined
      ? regionalUrl(regionFrom(options))
      : parseUrl(options.baseUrl, '--base-url');
  const isAmazon = /\.amazonaws\.com(\.cn)?$/.test(base.hostname);
  if (isAmazon && !options.apiKey && options.keys === undefined) {
    throw new AppError('missing_key', 'Bedrock needs AWS keys', {
      hint: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_BEARER_TOKEN_BEDROCK',
    });
  }
  const api: JsonApi = {
    name: 'bedrock',
    urlOf: (model) => joinUrl(base, model),
    ...signing(options, base),
    // Where a signature is refused, the answer repeats the headers.
    secrets: [options.keys?.secretAccessKey, options.keys?.sessionToken],
    forms: converseForms,
    writeBody,
    readAnswer,
  };
  return createJsonApiProvider(api, options);
}

function signing({ apiKey, keys, region, epochMs }: BedrockOptions, base: URL): Pick<JsonApi, 'sign'> {
  if (apiKey || keys === undefined) return {};
  return { sign: requestSigner(keys, regionOf(base) ?? regionFrom({ region }), epochMs ?? Date.now) };
}

function regionFrom({ region }: Pick<AwsSettings, 'region'>): string {
  if (region !== undefined && /^[a-z0-9-]+$/.test(region)) return region;
  throw new AppError(
    'usage',
    region === undefined ? 'Bedrock needs a region' : 'AWS_REGION is not a region',
    {
      hint: 'set AWS_REGION, e.g. us-east-1',
    },
  );
}
