import { Liquid, type Template, UndefinedVariableError } from 'liquidjs';
import { AppError } from '../core/errors.ts';
import { fence, fenceAll } from './fence.ts';

/** Longest template, in characters. */
const PARSE_LIMIT = 1_000_000;
/** Longest time for one prompt, in ms: far above any honest template, so that a slow machine does not trip it. */
const RENDER_LIMIT_MS = 5_000;
/** Characters and elements that filters may make for one prompt: the longest text by default passes one. */
const MEMORY_LIMIT = 100_000_000;

const LONGEST_LIST = 10;
const LONGEST_NAME = 40;
const LONGEST_REASON = 200;

/** A template that can be filled. */
export interface Compiled {
  /** The path of each variable that it expects: names, indexes, and paths within brackets. */
  readonly variables: readonly (readonly unknown[])[];
  /** Throws `prompt_field` where `scope` lacks a variable; `own` of its names are not fields of the record. */
  fill(scope: Readonly<Record<string, unknown>>, own?: ReadonlySet<string>): string;
}

/**
 * Compiles a Liquid template, which `label` names in messages. Values go in as they are and are never read as
 * template; objects and arrays go in as JSON. A variable that is missing counts as false in `{% if %}` and to
 * `| default`. Besides Liquid's own filters there are `fence`, which puts a text, or each of several, between tags
 * that it cannot close, and `tag`, the name of these tags. Throws `usage` for a template that is broken.
 */
export function compileLiquid(source: string, label: string): Compiled {
  const template = parse(source, label);
  return {
    variables: ENGINE.globalVariableSegmentsSync(template),
    fill: (scope, own) => {
      try {
        return String(ENGINE.renderSync(template, scope));
      } catch (error) {
        throw renderError(error, label, own === undefined ? Object.keys(scope) : fieldsIn(scope, own));
      }
    },
  };
}

const ENGINE = createEngine();

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
    outputEscape: written,
  });
  // There are no other templates to reach, in files or elsewhere.
  for (const tag of ['include', 'render', 'layout', 'block']) delete engine.tags[tag];
  engine.registerFilter('fence', (value: unknown, base?: unknown) => fencedOf(value, base).fenced);
  engine.registerFilter('tag', (value: unknown, base?: unknown) => fencedOf(value, base).name);
  return engine;
}

function written(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as string);
}

function fencedOf(value: unknown, base: unknown = 'document') {
  if (typeof base !== 'string' || !/^[a-z][a-z_]*$/.test(base)) {
    throw new Error(`${JSON.stringify(base)} is no name for a tag: only small letters and _ are`);
  }
  return Array.isArray(value) ? fenceAll(value.map(asText), base) : fence(asText(value), base);
}

function asText(value: unknown): string {
  return String(written(value) ?? '');
}

function parse(source: string, label: string): Template[] {
  try {
    return ENGINE.parse(source);
  } catch (error) {
    throw new AppError('usage', `${label} is broken: ${reasonOf(error)}`, { cause: error });
  }
}

function fieldsIn(scope: object, own: ReadonlySet<string>): readonly string[] {
  return Object.keys(scope).filter((name) => !own.has(name));
}

function renderError(error: unknown, label: string, names: readonly string[]): AppError {
  if (!(error instanceof UndefinedVariableError)) {
    return new AppError('prompt_field', `${label} cannot be filled: ${reasonOf(error)}`, { cause: error });
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
