import { Liquid, type Template, UndefinedVariableError } from 'liquidjs';
import { AppError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';

/** Longest template, in characters. */
const PARSE_LIMIT = 1_000_000;
/** Longest time for one prompt, in ms: far above any honest template, so that a slow machine does not trip it. */
const RENDER_LIMIT_MS = 5_000;
/** Characters and elements that filters may make for one prompt: the longest text by default passes one. */
const MEMORY_LIMIT = 100_000_000;

const LONGEST_LIST = 10;
const LONGEST_NAME = 40;
const LONGEST_REASON = 200;

/** What a template sees of a record. */
export interface TemplateRecord {
  readonly text: string;
  readonly fields: JsonObject;
  readonly id: string;
  readonly index: number;
}

/**
 * Compiles a Liquid template. `{{text}}` is the record's text, any other name one of its fields, `{{id}}`
 * and `{{index}}` are always there. Values go in as they are and are never read as template; objects and
 * arrays go in as JSON. A field that is missing counts as false in `{% if %}` and to `| default`.
 * Throws `usage` for a template that is broken or uses nothing of the record; what it returns throws
 * `prompt_field` for a record that lacks a field.
 */
export function compileTemplate(source: string): (record: TemplateRecord) => string {
  const engine = createEngine();
  const template = parse(engine, source);
  if (engine.globalVariablesSync(template).length === 0) {
    throw new AppError('usage', 'the prompt template uses no field, so every request would be the same', {
      hint: 'put {{text}} where the text belongs',
    });
  }
  return (record) => {
    const scope = { id: record.id, index: record.index, ...record.fields, text: record.text };
    try {
      return String(engine.renderSync(template, scope));
    } catch (error) {
      throw renderError(error, Object.keys(scope));
    }
  };
}

/** The names of the fields, the text aside, of which a template may use something. For one that compiles. */
export function templateFields(source: string): readonly string[] {
  const engine = createEngine();
  return engine
    .globalVariablesSync(parse(engine, source))
    .filter((name) => name !== 'text')
    .sort();
}

function createEngine(): Liquid {
  const engine = new Liquid({
    strictVariables: true,
    strictFilters: true,
    lenientIf: true,
    ownPropertyOnly: true,
    templates: {},
    parseLimit: PARSE_LIMIT,
    renderLimit: RENDER_LIMIT_MS,
    memoryLimit: MEMORY_LIMIT,
    outputEscape: (value: unknown) =>
      typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as string),
  });
  // There are no other templates to reach, in files or elsewhere.
  for (const tag of ['include', 'render', 'layout', 'block']) delete engine.tags[tag];
  return engine;
}

function parse(engine: Liquid, source: string): Template[] {
  try {
    return engine.parse(source);
  } catch (error) {
    throw new AppError('usage', `the prompt template is broken: ${reasonOf(error)}`, { cause: error });
  }
}

function renderError(error: unknown, names: readonly string[]): AppError {
  if (!(error instanceof UndefinedVariableError)) {
    return new AppError('prompt_field', `the prompt template cannot be filled: ${reasonOf(error)}`, {
      cause: error,
    });
  }
  const missing = /^undefined variable: (.*?)(?:, line:\d+, col:\d+)?$/.exec(error.message)?.[1] ?? '';
  const hint = `if it may be missing, write {{ ${missing} | default: "" }}`;
  return new AppError('prompt_field', `the record has no field "${missing}"; ${listNames(names)}`, { hint });
}

/** Bounded in number and length, on one line. */
function listNames(names: readonly string[]): string {
  const shown = names
    .slice(0, LONGEST_LIST)
    .map((name) => name.slice(0, LONGEST_NAME).replaceAll(/\s+/g, ' '));
  const more = names.length > LONGEST_LIST ? ` and ${names.length - LONGEST_LIST} more` : '';
  return `it has: ${shown.join(', ')}${more}`;
}

/** The first line of what Liquid says, its place in words. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  const [first = ''] = error.message.split('\n');
  const reason = first.replace(/, line:(\d+), col:(\d+)$/, ' (line $1, column $2)');
  return reason.slice(0, LONGEST_REASON);
}
