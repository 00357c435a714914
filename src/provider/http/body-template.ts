import { AppError, ProviderError } from '../../core/errors.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { CompletionRequest } from '../../core/request.ts';
import { parseJson } from '../classify-error.ts';
import { oneLine } from '../sanitise.ts';

export type BodyType = 'json' | 'form';

/** Makes the body of one request. Throws `prompt_field` for a record that lacks a field, `usage` for a body that is no JSON. */
export type RenderBody = (request: CompletionRequest) => string;

/**
 * How request bodies are made. Without a template the body is `{"text": …}`. A Liquid template knows `text`,
 * `prompt` (the last user message), `system`, `model` and every field of the record, and has to give JSON:
 * sent as it is, or for a form an object whose values become the form's fields (lists are repeated, null
 * left out, objects sent as JSON). Throws `usage` for a template with a fault of its own.
 */
export async function createBodyRenderer(template: string | undefined, type: BodyType): Promise<RenderBody> {
  const encode = type === 'form' ? toForm : (text: string): string => text;
  if (template === undefined) {
    return ({ document }) => encode(JSON.stringify({ text: document.text }));
  }
  const render = await compile(template);
  return (request) => {
    const text = render(variablesOf(request));
    if (parseJson(text) === undefined) {
      throw new ProviderError('usage', `--body gives no valid JSON for this text: ${oneLine(text, 120)}`, {
        hint: 'write values with the json filter and without quotes around: {"text": {{ text | json }}}',
      });
    }
    return encode(text);
  };
}

/** What a body template may use of a record besides what makes every prompt. For one that compiles. */
export async function bodyFields(template: string): Promise<readonly string[]> {
  const { Liquid } = await import('liquidjs');
  const liquid = new Liquid({ templates: {} });
  return liquid
    .globalVariablesSync(liquid.parse(template))
    .filter((name) => !OWN_VARIABLES.has(name))
    .sort();
}

const OWN_VARIABLES: ReadonlySet<string> = new Set(['text', 'prompt', 'system', 'model']);

async function compile(template: string): Promise<(variables: object) => string> {
  const { Liquid } = await import('liquidjs');
  // `templates` keeps include and render away from the disk.
  const liquid = new Liquid({
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    templates: {},
  });
  try {
    const parsed = liquid.parse(template);
    return (variables) => {
      try {
        return liquid.renderSync(parsed, variables);
      } catch (error) {
        throw new ProviderError('prompt_field', `--body: ${firstLine(error)}`, { cause: error });
      }
    };
  } catch (error) {
    throw new AppError('usage', `--body: ${firstLine(error)}`, { cause: error });
  }
}

function firstLine(error: unknown): string {
  return oneLine((error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '');
}

function variablesOf({ document, messages, model }: CompletionRequest): object {
  return {
    ...document.fields,
    text: document.text,
    prompt: messages.findLast(({ role }) => role === 'user')?.content ?? document.text,
    system: messages.find(({ role }) => role === 'system')?.content ?? '',
    model,
  };
}

/** An object's JSON as `application/x-www-form-urlencoded`. */
function toForm(text: string): string {
  const fields: unknown = JSON.parse(text);
  if (!isJsonObject(fields)) {
    throw new ProviderError('usage', '--body gives no JSON object, as --body-type form needs');
  }
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const item of Array.isArray(value) ? value : [value]) addField(form, name, item);
  }
  return form.toString();
}

function addField(form: URLSearchParams, name: string, value: JsonObject[string]): void {
  if (value === null) return;
  form.append(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
}
