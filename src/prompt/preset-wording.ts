import { AppError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { type AnswerForm, answerForm, FORM_OPTIONS, type FormOptions, isGiven } from './answer-form.ts';
import type { Preset } from './preset-file.ts';
import type { PresetSections, SectionName } from './preset-sections.ts';
import { presetSettings, presetStepSettings } from './preset-settings.ts';
import { compileSection, type PresetTemplate } from './preset-template.ts';
import { resolveVariables, type Variables } from './preset-variables.ts';
import { presetWriter, type Templates } from './preset-writer.ts';
import type { Wording } from './wording.ts';

/** What the user says beside the preset. */
export interface PresetChoices extends FormOptions {
  readonly system?: string | undefined;
  readonly var?: Readonly<Record<string, string>> | undefined;
}

export interface PresetWording extends Wording {
  readonly form: AnswerForm;
}

/** Throws `usage` for a preset with a fault, for options that it does not use and for what it needs and does not get. */
export function presetWording(preset: Preset, label: string, choices: PresetChoices): PresetWording {
  const templates = compileAll(preset.sections, label);
  const all = [...templates.values()];
  const given = { ...preset.defaults, ...definedOf(choices) };
  refuseUnused(preset, all, choices);
  refuseMissing(preset, given);
  const form = answerForm(given);
  const variables = resolveVariables(preset, all, choices.var ?? {});
  const usedFields = [...new Set(all.flatMap(({ fields }) => fields))].sort();
  return {
    ...{ form, usedFields },
    write: presetWriter({ templates, form, variables, system: choices.system }),
    settings: {
      ...presetSettings(preset.name, preset.sections, choices.system),
      ...form.settings,
      ...named('var', variables),
      ...(usedFields.length > 0 && { fields: usedFields }),
    },
    stepSettings: presetStepSettings(preset.sections),
  };
}

function compileAll(sections: PresetSections, label: string): Templates {
  const entries = Object.entries(sections) as [SectionName, string][];
  return new Map(entries.map(([name, source]) => [name, compileSection(name, source, label)]));
}

function definedOf(choices: FormOptions): FormOptions {
  return Object.fromEntries(
    FORM_OPTIONS.flatMap((name) => (choices[name] === undefined ? [] : [[name, choices[name]]])),
  );
}

/** An option that would change nothing has been misunderstood. */
function refuseUnused({ name }: Preset, templates: readonly PresetTemplate[], choices: FormOptions): void {
  const used = new Set(templates.flatMap(({ options }) => options));
  const unused = FORM_OPTIONS.find((option) => isGiven(choices, option) && !used.has(option));
  if (unused === undefined) return;
  throw new AppError('usage', `--${unused} changes nothing with the preset ${name}, which does not use it`, {
    hint: used.size === 0 ? undefined : `it uses ${[...used].map((option) => `--${option}`).join(', ')}`,
  });
}

function refuseMissing({ name, needs }: Preset, given: FormOptions): void {
  const missing = needs.find((option) => !isGiven(given, option));
  if (missing === undefined) return;
  throw new AppError('usage', `the preset ${name} needs --${missing}`, {
    hint: missing === 'language' ? 'write e.g. --language de' : undefined,
  });
}

function named(prefix: string, values: Variables): JsonObject {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[`${prefix} ${name}`, value]])),
  );
}
