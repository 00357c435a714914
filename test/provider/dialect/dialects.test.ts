import { afterEach, describe, expect, test } from 'vitest';
import { AppError, Events, type Outcome, type SummarizeOptions, summarize } from '../../../src/index.ts';
import {
  type ScriptedReply,
  type ScriptedServer,
  startScriptedServer,
} from '../../helpers/scripted-server.ts';

const servers: ScriptedServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

interface Body {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly [field: string]: unknown;
}

const good: ScriptedReply = { body: { choices: [{ message: { content: 'short' }, finish_reason: 'stop' }] } };

function refusal(message: string, status = 400): ScriptedReply {
  return { status, body: { error: { message, type: 'invalid_request_error' } } };
}

/** Runs texts through the whole engine against a server that answers by the body of a request. */
async function run(reply: (body: Body) => ScriptedReply, options: Partial<SummarizeOptions> = {}, count = 6) {
  const server = await startScriptedServer(({ body }) => reply(JSON.parse(body)));
  servers.push(server);
  const events = new Events();
  const told: string[] = [];
  events.on('adapted', ({ error }) => told.push(error.message));
  const outcomes: Outcome[] = [];
  let stopped: unknown;
  try {
    const texts = Array.from({ length: count }, (_, i) => `Text ${i} is about a river. It is long.`);
    const all = {
      baseUrl: `${server.url}/v1`,
      model: 'm',
      concurrency: 3,
      maxAttempts: 1,
      events,
      ...options,
    };
    for await (const outcome of summarize(texts, all)) outcomes.push(outcome);
  } catch (error) {
    stopped = error;
  }
  const bodies = server.requests.map(({ body }) => JSON.parse(body) as Body);
  return { outcomes, bodies, told, stopped: stopped as AppError | undefined };
}

const NO_MAX_TOKENS =
  "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";

describe('what an endpoint does not take', () => {
  test('max_tokens: the other name is sent from then on, told once, at no attempt', async () => {
    const { outcomes, bodies, told } = await run(
      (body) => ('max_tokens' in body ? refusal(NO_MAX_TOKENS) : good),
      { maxOutputTokens: 50 },
    );
    expect(outcomes.map(({ ok }) => ok)).toEqual(Array(6).fill(true));
    expect(told).toEqual(['the endpoint does not take max_tokens: max_completion_tokens is sent instead']);
    // Only those that were in flight together have met it.
    expect(bodies.filter((body) => 'max_tokens' in body)).toHaveLength(3);
    expect(bodies.filter((body) => body.max_completion_tokens === 50)).toHaveLength(6);
  });

  test('both names: an answer whose length was set by hand is not let run on', async () => {
    const both = (body: Body) => {
      const name = ['max_tokens', 'max_completion_tokens'].find((field) => field in body);
      return name === undefined ? good : refusal(`Unknown parameter: '${name}'.`);
    };
    const { stopped, outcomes } = await run(both, { maxOutputTokens: 50 });
    expect(stopped).toMatchObject({
      code: 'option_refused',
      message: expect.stringContaining('does not take --max-output-tokens 50'),
    });
    expect(outcomes).toEqual([]);
  });

  test('a system message goes before the text instead', async () => {
    const { outcomes, bodies, told } = await run(
      ({ messages }) => (messages[0]?.role === 'system' ? refusal('System role not supported') : good),
      { system: 'Be brief.', prompt: 'Sum up: {{text}}' },
    );
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    expect(told).toEqual(['the endpoint does not take a system message: it goes before the text instead']);
    expect(bodies.at(-1)?.messages).toEqual([
      { role: 'user', content: expect.stringMatching(/^Be brief\.\n\nSum up: Text \d/) },
    ]);
  });

  test('a template that fails for it with a 500 is understood too', async () => {
    const { outcomes } = await run(({ messages }) =>
      messages.length > 1 ? refusal('Conversation roles must alternate user/assistant', 500) : good,
    );
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
  });

  test('several things, one after the other', async () => {
    const { outcomes, told } = await run(
      (body) => {
        if (body.messages[0]?.role === 'system') return refusal('System role not supported');
        return 'max_tokens' in body ? refusal(NO_MAX_TOKENS) : good;
      },
      { maxOutputTokens: 9 },
    );
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    expect(told).toHaveLength(2);
  });
});

describe('what was set by hand and cannot be sent ends the run', () => {
  const NO_TEMPERATURE = "Unsupported value: 'temperature' does not support 0 with this model.";

  test('--temperature', async () => {
    const { stopped, outcomes, bodies } = await run(
      (body) => ('temperature' in body ? refusal(NO_TEMPERATURE) : good),
      { temperature: 0 },
      200,
    );
    expect(stopped).toBeInstanceOf(AppError);
    expect(stopped).toMatchObject({
      code: 'option_refused',
      message: expect.stringMatching(/does not take --temperature 0: 400.*does not support 0/),
      hint: 'leave it out, or choose a model that takes it',
    });
    expect(outcomes).toEqual([]);
    expect(bodies.length).toBeLessThanOrEqual(3);
  });

  test('--param, also where the message sounds like an unknown model', async () => {
    const { stopped } = await run(
      () => refusal('The model returned the following errors: `top_p` is deprecated for this model.'),
      { param: { top_p: 0.5 } },
    );
    expect(stopped).toMatchObject({
      code: 'option_refused',
      message: expect.stringContaining('top_p, which --param sets'),
    });
  });

  test('but a refusal of one text stays with its record', async () => {
    const { stopped, outcomes } = await run(
      ({ messages }) =>
        messages.at(-1)?.content.includes('Text 2') ? refusal('the temperature of the text is odd') : good,
      { temperature: 0.5 },
    );
    expect(stopped).toBeUndefined();
    expect(outcomes.filter(({ ok }) => !ok)).toHaveLength(1);
  });
});
