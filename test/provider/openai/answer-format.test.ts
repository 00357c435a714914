import { afterEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Completion, CompletionRequest } from '../../../src/core/request.ts';
import { adapting } from '../../../src/engine/complete/adapting.ts';
import type { Call } from '../../../src/engine/complete/complete.ts';
import { createTransport } from '../../../src/provider/http-transport.ts';
import { createOpenAiProvider } from '../../../src/provider/openai/openai-provider.ts';
import { isStrict } from '../../../src/provider/openai/strict-schema.ts';
import { type ScriptedHandler, startScriptedServer } from '../../helpers/scripted-server.ts';

const CLOSED = {
  type: 'object',
  properties: { topic: { type: 'string' }, day: { type: ['string', 'null'], format: 'date' } },
  required: ['topic', 'day'],
  additionalProperties: false,
} as const;
const ANSWER = { choices: [{ message: { content: '{"topic":"x"}' }, finish_reason: 'stop' }] };

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function connect(reply: ScriptedHandler) {
  const server = await startScriptedServer(reply);
  const provider = createOpenAiProvider({
    baseUrl: server.url,
    transport: createTransport({ connections: 4, env: {} }),
  });
  cleanups.push(
    () => server.close(),
    () => provider.close(),
  );
  const told: string[] = [];
  const complete = adapting(
    (request) => provider.attempt(request, new AbortController().signal),
    (_name, event) => told.push((event as { error: Error }).error.message),
  );
  const ask = (schema: JsonObject, changes: Partial<CompletionRequest> = {}): Promise<Completion> => {
    const request = { model: 'm', messages: [], params: {}, document: { text: '', fields: {} } };
    return complete({ ...request, schema: namedOnce(schema), ...changes }, { id: 'a' } as Call);
  };
  const forms = () =>
    server.requests.map(({ body }) => JSON.parse(body).response_format as JsonObject | undefined);
  return { ask, forms, told };
}

const named = new Map<JsonObject, { name: string; schema: JsonObject }>();
function namedOnce(schema: JsonObject) {
  const known = named.get(schema) ?? { name: 'news', schema };
  named.set(schema, known);
  return known;
}

describe('a schema', () => {
  test('is asked for strictly where strict mode takes it, else as it is', async () => {
    const { ask, forms } = await connect(() => ({ body: ANSWER }));
    const open = { ...CLOSED, required: ['topic'] };
    await ask(CLOSED);
    await ask(open);
    expect(forms()).toEqual([
      { type: 'json_schema', json_schema: { name: 'news', schema: CLOSED, strict: true } },
      { type: 'json_schema', json_schema: { name: 'news', schema: open } },
    ]);
  });

  test('gives way to a response_format of the user', async () => {
    const { ask, forms } = await connect(() => ({ body: ANSWER }));
    await ask(CLOSED, { params: { response_format: { type: 'text' } } });
    expect(forms()).toEqual([{ type: 'text' }]);
  });
});

describe('an endpoint that refuses a form', () => {
  // The words are those of public reports.
  test.each([
    [
      'OpenAI',
      400,
      {
        error: {
          message:
            "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model. Learn more about supported models at the Structured Outputs guide.",
          type: 'invalid_request_error',
        },
      },
    ],
    [
      'OpenAI, of the schema',
      400,
      {
        error: {
          message: "Invalid schema for response_format 'news': In context=(), 'oneOf' is not permitted.",
          type: 'invalid_request_error',
          param: 'response_format',
        },
      },
    ],
    [
      'DeepSeek',
      400,
      { error: { message: 'This response_format type is unavailable now', type: 'invalid_request_error' } },
    ],
    [
      'DeepSeek, earlier',
      422,
      'Failed to deserialize the JSON body into the target type: response_format: response_format.type `json_schema` is unavailable now at line 1 column 1193',
    ],
    [
      'Groq',
      400,
      {
        error: {
          message: 'This model does not support response format `json_schema`. See supported models.',
          type: 'invalid_request_error',
        },
      },
    ],
    [
      'vLLM',
      400,
      {
        object: 'error',
        message: 'The provided JSON schema contains features not supported by xgrammar.',
        type: 'BadRequestError',
        code: 400,
      },
    ],
    ['LM Studio', 400, { error: "'response_format.type' must be 'text'" }],
    [
      'llama.cpp',
      400,
      {
        error: {
          code: 400,
          message: 'JSON schema conversion failed:\nUnrecognized schema',
          type: 'invalid_request_error',
        },
      },
    ],
    [
      'text-generation-inference',
      422,
      { error: 'Input validation error: grammar is not valid', error_type: 'validation' },
    ],
  ])('is understood in the words of %s, and not asked in that form again', async (_, status, body) => {
    const { ask, forms, told } = await connect((_request, n) =>
      n < 2 ? { status, body } : { body: ANSWER },
    );
    expect(await ask(CLOSED)).toMatchObject({ text: '{"topic":"x"}' });
    await ask(CLOSED);
    expect(forms().map((form) => form?.type)).toEqual([
      'json_schema',
      'json_schema',
      'json_object',
      'json_object',
    ]);
    expect(told).toEqual([
      'the endpoint does not take json_schema with strict: the schema goes by json_schema',
      'the endpoint does not take json_schema: the schema goes by json_object',
    ]);
  });

  test('is asked in words alone where it takes no form at all', async () => {
    const body = { error: { message: 'Unrecognized request argument supplied: response_format' } };
    const { ask, forms } = await connect(({ body: sent }) =>
      JSON.parse(sent).response_format === undefined ? { body: ANSWER } : { status: 400, body },
    );
    await Promise.all([ask(CLOSED), ask(CLOSED), ask(CLOSED)]);
    const sent = forms().length;
    await ask(CLOSED);
    expect(forms().slice(sent)).toEqual([undefined]);
  });

  test('is not asked for any object where the data is to be something else', async () => {
    const body = { error: 'no response_format here' };
    const { ask, forms } = await connect((_, n) => (n === 0 ? { status: 400, body } : { body: ANSWER }));
    await ask({ type: 'array', items: { type: 'string' } });
    expect(forms().map((form) => form?.type)).toEqual(['json_schema', undefined]);
  });

  test.each([
    [400, 'Invalid value for temperature'],
    [429, 'Too many requests with response_format'],
    [401, 'No key for response_format'],
    [400, "This model's maximum context length is 100 tokens, response_format included"],
  ])('is not confused with one that refuses something else (%i %s)', async (status, message) => {
    const { ask, forms } = await connect(() => ({ status, body: { error: { message } } }));
    await expect(ask(CLOSED)).rejects.not.toMatchObject({ code: 'format_refused' });
    expect(forms()).toHaveLength(1);
  });
});

test('thinking that comes apart from the text is noted', async () => {
  for (const field of ['reasoning_content', 'reasoning']) {
    const message = { content: 'S', [field]: 'hm' };
    const { ask } = await connect(() => ({ body: { choices: [{ message, finish_reason: 'stop' }] } }));
    expect(await ask(CLOSED)).toMatchObject({ text: 'S', reasoning: true });
  }
  const message = { content: 'S', reasoning_content: '' };
  const { ask } = await connect(() => ({ body: { choices: [{ message, finish_reason: 'stop' }] } }));
  expect(await ask(CLOSED)).not.toHaveProperty('reasoning');
});

describe('strict mode takes', () => {
  const within = (schema: JsonObject): JsonObject => ({
    type: 'object',
    properties: { it: schema },
    required: ['it'],
    additionalProperties: false,
  });

  test.each([
    ['closed objects within each other', within(CLOSED)],
    ['lists of them', within({ type: 'array', items: CLOSED, maxItems: 3 })],
    [
      'choices and definitions',
      { ...within({ anyOf: [{ $ref: '#/$defs/a' }, { type: 'null' }] }), $defs: { a: CLOSED } },
    ],
    ['numbers within bounds', within({ type: 'number', minimum: 0, maximum: 1 })],
  ])('%s', (_, schema) => {
    expect(isStrict(schema)).toBe(true);
  });

  test.each([
    ['open objects', { ...CLOSED, additionalProperties: true }],
    ['objects that do not say', within({ type: 'object', properties: {} })],
    ['properties that may be missing', { ...CLOSED, required: ['topic'] }],
    ['keywords that it does not know', within({ type: 'string', minLength: 1 })],
    ['formats that it does not know', within({ type: 'string', format: 'uri' })],
    ['open objects in definitions', { ...CLOSED, $defs: { a: { type: 'object', properties: {} } } }],
    ['a list at the root', { type: 'array', items: CLOSED }],
    ['true for a schema', { ...CLOSED, properties: { topic: true, day: {} } }],
    [
      'what is nested too deeply',
      Array.from({ length: 12 }).reduce<JsonObject>((inner) => within(inner), CLOSED),
    ],
  ])('no %s', (_, schema) => {
    expect(isStrict(schema)).toBe(false);
  });
});
