import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  type BedrockOptions,
  createBedrockProvider,
} from '../../../src/provider/bedrock/bedrock-provider.ts';
import { awsSettings } from '../../../src/provider/bedrock/credentials.ts';
import { joinUrl, regionalUrl, regionOf } from '../../../src/provider/bedrock/join-url.ts';
import { createTransport } from '../../../src/provider/http-transport.ts';
import type { HostedApiOptions } from '../../../src/provider/json-api-provider.ts';
import type { ScriptedRequest } from '../../helpers/scripted-server.ts';
import { SCHEMA, sentBy } from '../helpers/sent-by.ts';

const MODEL = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
const KEYS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG',
  sessionToken: 'session+1',
};
const NOON = Date.UTC(2026, 0, 2, 12, 0, 0);

const signing =
  (extra: Partial<BedrockOptions> = {}) =>
  (options: HostedApiOptions) =>
    createBedrockProvider({ ...options, apiKey: undefined, keys: KEYS, region: 'eu-west-1', ...extra });

describe('the URL', () => {
  const path = '/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse';

  test.each([
    ['https://bedrock-runtime.us-east-1.amazonaws.com', path],
    ['https://bedrock-runtime.us-east-1.amazonaws.com/', path],
    ['https://bedrock-runtime.us-east-1.amazonaws.com/model', path],
    ['https://bedrock-runtime.us-east-1.amazonaws.com/model/other/converse', path],
    ['https://bedrock-runtime.us-east-1.amazonaws.com/model/other/invoke-with-response-stream', path],
    ['https://h/gateway//', `/gateway${path}`],
    ['https://h/?a=b', `${path}?a=b`],
  ])('is joined from %s', (base, expected) => {
    const { pathname, search } = joinUrl(new URL(base), MODEL);
    expect(pathname + search).toBe(expected);
  });

  test('keeps an ARN in one piece', () => {
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0';
    expect(joinUrl(new URL('https://h'), arn).pathname).toBe(`/model/${encodeURIComponent(arn)}/converse`);
  });

  test('follows from the region, and tells it', () => {
    expect(regionalUrl('eu-west-1').href).toBe('https://bedrock-runtime.eu-west-1.amazonaws.com/');
    expect(regionalUrl('cn-north-1').href).toBe('https://bedrock-runtime.cn-north-1.amazonaws.com.cn/');
    expect(regionOf(regionalUrl('us-gov-west-1'))).toBe('us-gov-west-1');
    expect(regionOf(new URL('https://vpce-1-a.bedrock-runtime.us-east-1.vpce.amazonaws.com'))).toBe(
      'us-east-1',
    );
    expect(regionOf(new URL('https://bedrock-runtime-fips.us-east-2.amazonaws.com'))).toBe('us-east-2');
    expect(regionOf(new URL('https://gateway.example'))).toBeUndefined();
  });
});

test('sends a request as Converse takes it', async () => {
  const [sent] = await sentBy(createBedrockProvider, [{ model: MODEL }]);
  expect(sent?.url).toBe('/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse');
  expect(sent?.headers).toMatchObject({ authorization: 'Bearer key-1234' });
  expect(sent?.body).toEqual({
    system: [{ text: 'Be brief.' }],
    messages: [
      { role: 'user', content: [{ text: 'Summarise.' }] },
      { role: 'assistant', content: [{ text: 'What?' }] },
      { role: 'user', content: [{ text: 'This.' }] },
    ],
    inferenceConfig: { maxTokens: 100, temperature: 0.3 },
  });
});

test('lets parameters of the user win, one setting at a time', async () => {
  const params = { inferenceConfig: { topP: 0.9 }, guardrailConfig: { guardrailIdentifier: 'g' } };
  const [sent] = await sentBy(createBedrockProvider, [{ params }]);
  expect(sent?.body).toMatchObject({ ...params, inferenceConfig: { maxTokens: 100, topP: 0.9 } });
});

describe('a signature', () => {
  test('is the one that AWS works out for the request as it arrives', async () => {
    const arrived: ScriptedRequest[] = [];
    const headers = { 'X-Own': ' two  words ' };
    const script = (request: ScriptedRequest) => {
      arrived.push(request);
      return { status: 500 };
    };
    const options = { epochMs: () => NOON, headers };
    await sentBy(signing(), [{ model: MODEL }, { model: 'a b/c' }], script, options);
    expect(arrived).toHaveLength(2);
    for (const request of arrived) {
      expect(request.headers['x-amz-date']).toBe('20260102T120000Z');
      expect(request.headers['x-amz-security-token']).toBe('session+1');
      expect(request.headers.authorization).toBe(expectedSignature(request, 'eu-west-1'));
    }
  });

  test('is of the region that the URL names', async () => {
    const [sent] = await sentBy(signing({ region: 'ap-south-1' }), [{}]);
    expect(sent?.headers.authorization).toContain('/ap-south-1/bedrock/aws4_request');
  });

  test('and the token stay out of messages that repeat them', async () => {
    const [sent] = await sentBy(signing(), [{}], () => ({
      status: 403,
      headers: { 'x-amzn-errortype': 'InvalidSignatureException' },
      body: { message: 'The Canonical String should have been x-amz-security-token:session+1' },
    }));
    expect(sent?.result).toMatchObject({
      code: 'wrong_key',
      message: expect.not.stringContaining('session+1'),
    });
  });
});

/** Signature Version 4, worked out anew from its specification ("Create a signed AWS API request"). */
function expectedSignature({ method, url, headers, body }: ScriptedRequest, region: string): string {
  const named = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1] ?? '';
  expect(named.split(';')).toEqual(
    expect.arrayContaining(['host', 'x-amz-date', 'x-amz-security-token', 'x-own']),
  );
  const values = named
    .split(';')
    .map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}\n`);
  const path = url.split('/').map(encodeURIComponent).join('/');
  const canonical = [method, path, '', values.join(''), named, sha256(body)].join('\n');
  const scope = `20260102/${region}/bedrock/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', '20260102T120000Z', scope, sha256(canonical)].join('\n');
  const parts = ['20260102', region, 'bedrock', 'aws4_request'];
  const key = parts.reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    `AWS4${KEYS.secretAccessKey}`,
  );
  const signature = hmac(key, toSign).toString('hex');
  return `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, SignedHeaders=${named}, Signature=${signature}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

test('a schema goes as outputConfig.textFormat, else as a tool that has to be used', async () => {
  const sent = await sentBy(createBedrockProvider, [{ schema: SCHEMA }, { schema: SCHEMA }], () => ({
    status: 400,
    headers: { 'x-amzn-errortype': 'ValidationException' },
    body: { message: 'This model does not support the outputConfig.textFormat field.' },
  }));
  expect(sent[0]?.body.outputConfig).toEqual({
    textFormat: {
      type: 'json_schema',
      structure: { jsonSchema: { name: 'news', schema: JSON.stringify(SCHEMA.schema) } },
    },
  });
  expect(sent[1]?.body).not.toHaveProperty('outputConfig');
  expect(sent[1]?.body.toolConfig).toMatchObject({
    tools: [{ toolSpec: { name: 'give_answer', inputSchema: { json: SCHEMA.schema } } }],
    toolChoice: { tool: { name: 'give_answer' } },
  });
});

describe('the variables of AWS', () => {
  test('give the keys, the region and a key of Bedrock', () => {
    expect(
      awsSettings({
        AWS_DEFAULT_REGION: 'us-west-2',
        AWS_ACCESS_KEY_ID: ' id ',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_SESSION_TOKEN: '',
      }),
    ).toEqual({
      region: 'us-west-2',
      apiKey: undefined,
      keys: { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: undefined },
    });
    expect(
      awsSettings({ AWS_REGION: 'a', AWS_DEFAULT_REGION: 'b', AWS_BEARER_TOKEN_BEDROCK: 't' }),
    ).toMatchObject({ region: 'a', apiKey: 't', keys: undefined });
    expect(awsSettings({ AWS_ACCESS_KEY_ID: 'id' }).keys).toBeUndefined();
  });

  test('are asked for where they are needed', () => {
    const transport = createTransport({ connections: 1, env: {} });
    const create = (options: Partial<BedrockOptions>) => () =>
      createBedrockProvider({ transport, ...options });
    expect(create({ region: 'us-east-1' })).toThrow(expect.objectContaining({ code: 'missing_key' }));
    expect(create({ keys: KEYS })).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(create({ keys: KEYS, region: 'evil.example/' })).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
    expect(create({ keys: KEYS, region: 'us-east-1' })).not.toThrow();
    expect(create({ apiKey: 'key-1234', region: 'us-east-1' })).not.toThrow();
  });
});
