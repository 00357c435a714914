import type { JsonObject } from '../core/json.ts';
import { GENERIC_REDUCE, GENERIC_REFINE } from './generic-steps.ts';
import type { PresetSections } from './preset-sections.ts';
import { stepSettings, wordingHash } from './wording.ts';

/** What tells the wording of a preset from others in the settings of a run. */
export function presetSettings(name: string, sections: PresetSections, system?: string): JsonObject {
  const { form, user } = sections;
  return {
    preset: name,
    'preset wording': wordingHash(system === undefined ? sections.system : undefined, form, user),
    ...(system !== undefined && { system }),
  };
}

export function presetStepSettings({ user, map, reduce, refine }: PresetSections): JsonObject {
  return stepSettings(map ?? user, reduce ?? GENERIC_REDUCE, refine ?? GENERIC_REFINE);
}
