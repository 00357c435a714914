import { type PresetFront, readFront } from './preset-front.ts';
import { cutSections, linesOf, type PresetSections, splitFront } from './preset-sections.ts';

/** A job that texts can be put to, as its file tells it. */
export interface Preset extends PresetFront {
  readonly name: string;
  readonly sections: PresetSections;
}

/**
 * Reads a preset: front matter in YAML between lines of `---`, then sections. `label` names the file in messages,
 * `name` is what it is called where it does not say so itself. Rejects with `usage` for what is wrong in it.
 */
export async function parsePreset(source: string, label: string, name: string): Promise<Preset> {
  const { head, body } = splitFront(source, label);
  const front = await readFront(head, label);
  return { ...front, name: front.name ?? name, sections: cutSections(body, linesOf(head), label) };
}
