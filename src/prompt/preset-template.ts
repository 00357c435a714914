import { AppError } from '../core/errors.ts';
import { FORM_OPTIONS, type FormOption } from './answer-form.ts';
import { compileLiquid } from './liquid-engine.ts';
import { fieldsOf } from './liquid-template.ts';
import type { SectionName } from './preset-sections.ts';

/** Names that are not fields of the record in a preset, whatever the record has. */
const OWN_NAMES: ReadonlySet<string> = new Set(['options', 'vars', 'step', 'form']);

/** What each section may use of `step`; all may use `step.final`. */
const STEP_NAMES: Readonly<Record<SectionName, readonly string[]>> = {
  system: [],
  form: [],
  user: [],
  map: ['part', 'parts', 'length'],
  reduce: ['answers'],
  refine: ['part', 'parts', 'length', 'answer'],
};

/** What each section has to use, or it would leave out what it is about. */
const NEEDED: Readonly<Record<SectionName, readonly string[]>> = {
  system: [],
  form: [],
  user: ['text'],
  map: ['text'],
  reduce: ['step.answers'],
  refine: ['text', 'step.answer'],
};

/** A section of a preset, ready to be filled. */
export interface PresetTemplate {
  readonly usesForm: boolean;
  /** Whether it uses something of the record. */
  readonly usesRecord: boolean;
  readonly options: readonly FormOption[];
  readonly variables: readonly string[];
  readonly fields: readonly string[];
  fill(scope: Readonly<Record<string, unknown>>): string;
}

/** Compiles a section. `label` names the preset. Throws `usage` for one that is broken or uses what is not there. */
export function compileSection(name: SectionName, source: string, label: string): PresetTemplate {
  const place = `${label}, # ${name}`;
  const { variables, fill } = compileLiquid(source, place);
  const members = (of: string): readonly string[] =>
    variables.flatMap(([root, member]) => {
      if (root !== of) return [];
      if (typeof member === 'string') return [member];
      throw fault(place, `"${of}" is used without a name after it`);
    });
  const options = members('options').map((option) => {
    const known = FORM_OPTIONS.find((candidate) => candidate === option);
    if (known === undefined) throw fault(place, `there is no options.${option}`, FORM_OPTIONS);
    return known;
  });
  const stepNames = ['final', ...STEP_NAMES[name]];
  const unknown = members('step').find((member) => !stepNames.includes(member));
  if (unknown !== undefined) throw fault(place, `there is no step.${unknown} here`, stepNames);
  for (const path of NEEDED[name]) {
    const isUsed = variables.some((segments) => segments.slice(0, path.split('.').length).join('.') === path);
    if (!isUsed) throw fault(place, `{{ ${path} }} is not in it`);
  }
  const fields = fieldsOf(variables, OWN_NAMES);
  return {
    ...{ options, variables: members('vars'), fields },
    usesRecord: fields.length > 0 || variables.some(([root]) => root === 'text'),
    usesForm: name !== 'form' && variables.some(([root]) => root === 'form'),
    fill: (scope) => fill(scope, OWN_NAMES),
  };
}

function fault(place: string, problem: string, names?: readonly string[]): AppError {
  return new AppError('usage', `${place}: ${problem}`, {
    hint:
      names === undefined ? 'docs/presets.md says what a section may use' : `there are ${names.join(', ')}`,
  });
}
