import { describe, expect, it } from 'vitest';
import { rowSettings } from '../../src/batch/row-settings.ts';
import type { Endpoint } from '../../src/config/resolve-endpoint.ts';
import { createPrompt } from '../../src/prompt/create-prompt.ts';
import { usedFieldsOf } from '../../src/status/used-fields.ts';

const ENDPOINTS: readonly Endpoint[] = [
  { provider: 'local', model: 'local/extractive' },
  { provider: 'openai', model: 'm', baseUrl: 'http://h/v1' },
  { provider: 'http', model: 'm', url: 'http://h/sum' },
];
const PROMPTS = [
  undefined,
  '{{text}}',
  '{{ title }} of {{ meta.year }}: {{text}}',
  '{% for tag in tags %}{{ tag }}{% endfor %}{{index}} {{id}} {{text}}',
];
const BODIES = [undefined, '{"p": {{ prompt | json }}, "by": {{ author | json }}}', '{{ text | json }}'];

describe('the fields that the settings in a sidecar tell of', () => {
  const cases = ENDPOINTS.flatMap((endpoint) =>
    PROMPTS.flatMap((prompt) => BODIES.map((body) => ({ endpoint, prompt, body }))),
  );

  it.each(cases)(
    'are those of the run: $endpoint.provider, $prompt, $body',
    async ({ endpoint, prompt, body }) => {
      const described = await createPrompt({ model: 'm', prompt, params: {} });
      const options = { body, bodyType: 'json', responsePath: undefined } as const;
      const { settings, usedFields } = await rowSettings(options, endpoint, described);
      // As it comes back from the file.
      expect(await usedFieldsOf(JSON.parse(JSON.stringify(settings)))).toEqual(usedFields);
    },
  );

  it('are unknown where the prompt is, or cannot be understood', async () => {
    expect(await usedFieldsOf({ provider: 'openai', model: 'm' } as object)).toBeUndefined();
    expect(await usedFieldsOf({ provider: 'openai', prompt: '{{ text' })).toBeUndefined();
  });

  it('are those that a preset names', async () => {
    const of = async (fields?: readonly string[]) =>
      usedFieldsOf({
        provider: 'openai',
        preset: 'mine',
        'preset wording': 'x',
        ...(fields && { fields }),
      } as object);
    expect(await of(['lang', 'title'])).toEqual(['lang', 'title']);
    expect(await of()).toEqual([]);
  });
});
