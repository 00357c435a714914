import type { Json, JsonObject } from '../core/json.ts';
import type { CompletionRequest, Message, Prompt } from '../core/request.ts';
import { DEFAULT_SYSTEM, defaultPrompt } from './default-prompt.ts';
import type { TemplateRecord } from './liquid-template.ts';

export interface PromptOptions {
  readonly model: string;
  /** A Liquid template; without it, the default summarisation prompt. */
  readonly prompt?: string | undefined;
  /** The system message. With the default prompt it takes the place of the default one. */
  readonly system?: string | undefined;
  /** Upper bound of the answer, in tokens. */
  readonly maxOutputTokens?: number | undefined;
  readonly temperature?: number | undefined;
  readonly params: Readonly<Record<string, Json>>;
}

/** A prompt that can tell what it makes its requests of. */
export interface DescribedPrompt extends Prompt {
  /** All that its requests have in common, in words. */
  readonly settings: JsonObject;
  /** Fields of a record, the text aside, on which its requests depend. */
  readonly usedFields: readonly string[];
}

/** Makes the prompt of a run. Rejects with `usage` where the template is broken or uses nothing of the record. */
export async function createPrompt(options: PromptOptions): Promise<DescribedPrompt> {
  const { write, usedFields } = options.prompt === undefined ? DEFAULT : await compile(options.prompt);
  const system = options.system ?? (options.prompt === undefined ? DEFAULT_SYSTEM : undefined);
  const before: readonly Message[] = system === undefined ? [] : [{ role: 'system', content: system }];
  const common = requestSettings(options);
  return {
    settings: {
      ...common,
      prompt: options.prompt ?? defaultPrompt('{{text}}'),
      ...(system !== undefined && { system }),
    },
    usedFields,
    render: (record) => ({
      ...common,
      messages: [...before, { role: 'user', content: write(record) }],
      document: { text: record.text, fields: record.fields, contentHash: record.contentHash },
    }),
  };
}

interface Template {
  readonly write: (record: TemplateRecord) => string;
  readonly usedFields: readonly string[];
}

const DEFAULT: Template = { write: ({ text }) => defaultPrompt(text), usedFields: [] };

/** Liquid is loaded only for those who use it. */
async function compile(template: string): Promise<Template> {
  const { compileTemplate, templateFields } = await import('./liquid-template.ts');
  return { write: compileTemplate(template), usedFields: templateFields(template) };
}

function requestSettings(
  options: PromptOptions,
): Pick<CompletionRequest, 'model' | 'maxOutputTokens' | 'temperature' | 'params'> {
  const { model, maxOutputTokens, temperature, params } = options;
  return {
    model,
    params,
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
  };
}
