type Environment = Readonly<Record<string, string | undefined>>;

/** What a request to AWS is signed with. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** With temporary keys. */
  readonly sessionToken?: string | undefined;
}

export interface AwsSettings {
  readonly region?: string | undefined;
  /** A Bedrock API key. It wins over the keys, as in the AWS SDKs. */
  readonly apiKey?: string | undefined;
  readonly keys?: AwsKeys | undefined;
}

/**
 * What the usual variables of AWS say: `AWS_REGION` or `AWS_DEFAULT_REGION`, `AWS_BEARER_TOKEN_BEDROCK`,
 * `AWS_ACCESS_KEY_ID` with `AWS_SECRET_ACCESS_KEY` and perhaps `AWS_SESSION_TOKEN`.
 */
export function awsSettings(env: Environment): AwsSettings {
  const read = (name: string): string | undefined => env[name]?.trim() || undefined;
  const accessKeyId = read('AWS_ACCESS_KEY_ID');
  const secretAccessKey = read('AWS_SECRET_ACCESS_KEY');
  return {
    region: read('AWS_REGION') ?? read('AWS_DEFAULT_REGION'),
    apiKey: read('AWS_BEARER_TOKEN_BEDROCK'),
    keys:
      accessKeyId === undefined || secretAccessKey === undefined
        ? undefined
        : { accessKeyId, secretAccessKey, sessionToken: read('AWS_SESSION_TOKEN') },
  };
}
