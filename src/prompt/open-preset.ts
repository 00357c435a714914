import { parsePreset } from './preset-file.ts';
import { readPreset } from './preset-folder.ts';
import { type PresetChoices, type PresetWording, presetWording } from './preset-wording.ts';

/** Reads a preset, built-in or of the user's own, and words it as is chosen. Rejects with `usage`. */
export async function openPreset(
  given: string,
  choices: PresetChoices & { readonly cwd?: string | undefined },
): Promise<PresetWording> {
  const { source, label, name } = await readPreset(given, choices.cwd);
  return presetWording(await parsePreset(source, label, name), label, choices);
}
