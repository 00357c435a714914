import { basePath, withPath } from '../base-path.ts';

/**
 * The URL of Converse for a model (its id, the ARN or id of an inference profile) and a base URL in any written form: the
 * origin, a prefix of one's own, or a whole path. The query stays.
 */
export function joinUrl(base: URL, model: string): URL {
  const prefix = basePath(base).replace(/\/model(\/.*)?$/, '');
  return withPath(base, `${prefix}/model/${encodeURIComponent(model)}/converse`);
}

/** Amazon's own endpoint in a region (AWS General Reference, "Amazon Bedrock endpoints and quotas"). */
export function regionalUrl(region: string): URL {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return new URL(`https://bedrock-runtime.${region}.${domain}`);
}

/** The region that a host of Amazon's names: `bedrock-runtime.eu-west-1.amazonaws.com`, and those of VPC endpoints. */
export function regionOf({ hostname }: URL): string | undefined {
  return /\bbedrock-runtime(?:-fips)?\.([a-z0-9-]+)\./.exec(hostname)?.[1];
}
