import { describe, expect, it } from 'vitest';
import { rowSettings } from '../../src/batch/row-settings.ts';
import { createPrompt } from '../../src/prompt/create-prompt.ts';

const OPTIONS = { body: undefined, bodyType: 'json', responsePath: undefined } as const;
const params = { top_p: 0.9, user: 'me' };

describe('the settings that rows are made by', () => {
  it('are all that decides over an answer, in plain words', async () => {
    const prompt = await createPrompt({
      model: 'm',
      system: 'Be brief.',
      temperature: 0,
      maxOutputTokens: 50,
      params,
    });
    const endpoint = {
      provider: 'openai',
      model: 'm',
      baseUrl: 'http://127.0.0.1:1/v1',
      apiKey: 'sk-secret',
    } as const;
    const { settings, usedFields } = await rowSettings(OPTIONS, endpoint, prompt);
    expect(settings).toEqual({
      provider: 'openai',
      url: 'http://127.0.0.1:1/v1',
      model: 'm',
      maxOutputTokens: 50,
      temperature: 0,
      preset: 'summary',
      'preset wording': expect.stringMatching(/^[\w-]{12}$/),
      system: 'Be brief.',
      'param top_p': 0.9,
      'param user': 'me',
    });
    expect(usedFields).toEqual([]);
  });

  it('of other providers name them, and their URL where they have one', async () => {
    const prompt = await createPrompt({ model: 'm', params });
    const groq = { provider: 'groq', model: 'm', baseUrl: 'https://api.groq.com/openai/v1', apiKey: 'gsk' };
    expect((await rowSettings(OPTIONS, groq, prompt)).settings).toMatchObject({
      provider: 'groq',
      url: 'https://api.groq.com/openai/v1',
      model: 'm',
      'param top_p': 0.9,
    });
    const own = await rowSettings(OPTIONS, { provider: './own.mjs', model: 'm', cwd: '/work' }, prompt);
    expect(own.settings).toMatchObject({ provider: './own.mjs', model: 'm' });
    expect(own.settings).not.toHaveProperty('url');
    expect(JSON.stringify(own.settings)).not.toContain('/work');
  });

  it('name the fields that a prompt uses', async () => {
    const prompt = 'By {{ author.name }}{% if year %} in {{ year }}{% endif %}: {{text}}';
    const endpoint = { provider: 'openai', model: 'm', baseUrl: 'http://h/v1' } as const;
    const { usedFields } = await rowSettings(
      OPTIONS,
      endpoint,
      await createPrompt({ model: 'm', prompt, params: {} }),
    );
    expect(usedFields).toEqual(['author', 'year']);
  });

  it('hold no key and no password', async () => {
    const prompt = await createPrompt({ model: 'm', params: {} });
    const url = 'http://user:pass-word@host:8/sum?api-key=topsecret';
    const of = async (given: string) =>
      (await rowSettings(OPTIONS, { provider: 'http', model: 'm', url: given, apiKey: 'sk-1' }, prompt))
        .settings;
    const settings = await of(url);
    expect(JSON.stringify(settings)).not.toMatch(/user|pass-word|topsecret|sk-1/);
    expect(settings.url).toMatch(/^http:\/\/host:8\/sum\?#[\w-]{12}$/);
    expect((await of(`${url}2`)).url).not.toBe(settings.url);
  });

  it('of the http provider have the prompt only where its body may use it', async () => {
    const prompt = await createPrompt({ model: 'm', prompt: '{{title}} {{text}}', params: {} });
    const endpoint = { provider: 'http', model: 'm', url: 'http://h/' } as const;
    expect(await rowSettings(OPTIONS, endpoint, prompt)).toEqual({
      settings: { provider: 'http', url: 'http://h/', model: 'm', bodyType: 'json' },
      usedFields: [],
    });
    const body = '{"p": {{prompt | json}}, "lang": {{lang | json}}}';
    const { settings, usedFields } = await rowSettings({ ...OPTIONS, body }, endpoint, prompt);
    expect(settings).toMatchObject({ body, prompt: '{{title}} {{text}}' });
    expect(usedFields).toEqual(['title', 'lang']);
  });

  it('tell of the words for parts of texts only where texts may be cut into parts', async () => {
    const endpoint = { provider: 'openai', model: 'm', baseUrl: 'http://h/v1' } as const;
    const prompt = await createPrompt({ model: 'm', params: {} });
    const of = async (strategy: 'auto' | 'refine' | 'truncate') =>
      (await rowSettings({ ...OPTIONS, strategy }, endpoint, prompt)).settings;
    expect(await of('auto')).toHaveProperty(['prompts for parts'], expect.stringMatching(/^[\w-]{12}$/));
    expect(await of('refine')).toEqual(await of('auto'));
    expect(await of('truncate')).not.toHaveProperty(['prompts for parts']);
  });

  it('of the built-in summariser hold what it heeds', async () => {
    const form = { length: '3 sentences', language: 'de', focus: 'prices', maxOutputTokens: 50 };
    const prompt = await createPrompt({ model: 'local/extractive', params: {}, ...form });
    expect(
      (await rowSettings(OPTIONS, { provider: 'local', model: 'local/extractive' }, prompt)).settings,
    ).toEqual({
      ...{ provider: 'local', model: 'local/extractive' },
      ...{ length: '3 sentences', language: 'de', maxOutputTokens: 50 },
    });
  });

  it('of the built-in summariser are its name alone', async () => {
    const prompt = await createPrompt({ model: 'local/extractive', prompt: 'ignored {{text}}', params: {} });
    expect(
      (await rowSettings(OPTIONS, { provider: 'local', model: 'local/extractive' }, prompt)).settings,
    ).toEqual({
      provider: 'local',
      model: 'local/extractive',
    });
  });
});
