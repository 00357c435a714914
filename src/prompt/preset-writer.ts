import type { PromptStep } from '../core/request.ts';
import { type AnswerForm, isFinal, stepWords } from './answer-form.ts';
import { TEXT_PLACEHOLDER } from './generic-steps.ts';
import { recordScope, type TemplateRecord } from './liquid-template.ts';
import { genericSteps } from './own-wording.ts';
import { lengthInWords } from './parse-length.ts';
import type { SectionName } from './preset-sections.ts';
import type { PresetTemplate } from './preset-template.ts';
import type { Variables } from './preset-variables.ts';
import { messagesOf, type Wording } from './wording.ts';

export type Templates = ReadonlyMap<SectionName, PresetTemplate>;

export interface WriterParts {
  readonly templates: Templates;
  readonly form: AnswerForm;
  readonly variables: Variables;
  /** Takes the place of the preset's own. */
  readonly system: string | undefined;
}

/** Fills the sections of a preset. What a run says to all records alike is filled once. */
export function presetWriter({ templates, form, variables, system }: WriterParts): Wording['write'] {
  const join = genericSteps();
  const constants = new Map<string, string>();
  const fill = (name: SectionName, record: TemplateRecord, step: PromptStep | undefined): string => {
    const template = templates.get(name);
    if (template === undefined) return '';
    const key = `${name} ${isFinal(step)}`;
    const known = constants.get(key);
    if (known !== undefined) return known;
    const text = template.fill({
      ...recordScope(record),
      ...{ options: form.scope, vars: variables, step: stepScope(step, form) },
      form: template.usesForm ? fill('form', record, step).trim() : '',
    });
    if (isConstant(name, templates)) constants.set(key, text);
    return text;
  };
  const user = (record: TemplateRecord, step: PromptStep | undefined): string => {
    if (step === undefined) return fill('user', record, step);
    if (templates.has(step.kind)) return fill(step.kind, record, step);
    if (step.kind === 'map') return fill('user', record, undefined);
    return join(record.text, step, fill('user', { ...record, text: TEXT_PLACEHOLDER }, undefined));
  };
  return (record, step) => messagesOf(system ?? fill('system', record, step), user(record, step));
}

function isConstant(name: SectionName, templates: Templates): boolean {
  if (name !== 'system' && name !== 'form') return false;
  const template = templates.get(name);
  return template?.usesRecord === false && !(template.usesForm && templates.get('form')?.usesRecord);
}

/** What templates see as `step`. */
function stepScope(step: PromptStep | undefined, { shape }: AnswerForm): object {
  const final = isFinal(step);
  if (step === undefined) return { final };
  const length = lengthInWords({ unit: 'words', count: stepWords(step, shape.length) });
  return { ...step, final, length };
}
