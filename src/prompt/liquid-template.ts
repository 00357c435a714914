import { AppError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { compileLiquid } from './liquid-engine.ts';

/** What a template sees of a record. */
export interface TemplateRecord {
  readonly text: string;
  readonly fields: JsonObject;
  readonly id: string;
  readonly index: number;
}

const LABEL = 'the prompt template';

/**
 * Compiles a template of the user's own. `{{text}}` is the record's text, any other name one of its fields, `{{id}}`
 * and `{{index}}` are always there. Throws `usage` for a template that is broken or uses nothing of the record; what
 * it returns throws `prompt_field` for a record that lacks a field.
 */
export function compileTemplate(source: string): (record: TemplateRecord) => string {
  const { variables, fill } = compileLiquid(source, LABEL);
  if (variables.length === 0) {
    throw new AppError('usage', 'the prompt template uses no field, so every request would be the same', {
      hint: 'put {{text}} where the text belongs',
    });
  }
  return (record) => fill(recordScope(record));
}

/** The record as the variables of a template. */
export function recordScope({ id, index, fields, text }: TemplateRecord): Readonly<Record<string, unknown>> {
  return { id, index, ...fields, text };
}

/** The names of the fields, the text aside, of which a template may use something. For one that compiles. */
export function templateFields(source: string): readonly string[] {
  return fieldsOf(compileLiquid(source, LABEL).variables);
}

/** The same of the paths of its variables; without names that are `own`. */
export function fieldsOf(
  variables: readonly (readonly unknown[])[],
  own: ReadonlySet<string> = new Set(),
): readonly string[] {
  const names = new Set(variables.map(([name]) => String(name)));
  return [...names].filter((name) => name !== 'text' && !own.has(name)).sort();
}
