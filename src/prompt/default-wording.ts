import { stepWords } from './answer-form.ts';
import { DEFAULT_SYSTEM, defaultPrompt, defaultStep } from './default-prompt.ts';
import { lengthInWords } from './parse-length.ts';
import { readPreset } from './preset-folder.ts';
import { sectionsOf } from './preset-sections.ts';
import { presetSettings, presetStepSettings } from './preset-settings.ts';
import { messagesOf, type Wording } from './wording.ts';

/** The preset `summary` where no option is set: the same words as from its file, which is only read to be named. */
export async function defaultWording(system: string | undefined): Promise<Wording> {
  const { source, label, name } = await readPreset('summary');
  const sections = sectionsOf(source, label);
  return {
    write: ({ text }, step) =>
      messagesOf(
        system ?? DEFAULT_SYSTEM,
        step === undefined
          ? defaultPrompt(text)
          : defaultStep(text, step, lengthInWords({ unit: 'words', count: stepWords(step, undefined) })),
      ),
    settings: presetSettings(name, sections, system),
    stepSettings: presetStepSettings(sections),
    usedFields: [],
  };
}
