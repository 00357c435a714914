import { AppError } from '../core/errors.ts';

const NAMES = ['system', 'form', 'user', 'map', 'reduce', 'refine'] as const;

export type SectionName = (typeof NAMES)[number];

/** The sections of a preset, each a Liquid template. */
export type PresetSections = Readonly<Record<'system' | 'user', string>> &
  Readonly<Partial<Record<Exclude<SectionName, 'system' | 'user'>, string>>>;

/** The sections of a preset that is known to be well-formed, without reading its front matter. */
export function sectionsOf(source: string, label: string): PresetSections {
  const { head, body } = splitFront(source, label);
  return cutSections(body, linesOf(head), label);
}

/** Lines of the front matter, those between which it stands included. */
export function linesOf(head: string): number {
  return head.split('\n').length + 1;
}

/** Parts the YAML at the head of a preset from what follows. Throws `usage` where there is none. */
export function splitFront(source: string, label: string): { readonly head: string; readonly body: string } {
  const text = source.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const [whole, head = ''] = /^---[ \t]*\n((?:.*\n)*?)---[ \t]*(?:\n|$)/.exec(text) ?? [];
  if (whole !== undefined) return { head, body: text.slice(whole.length) };
  throw new AppError('usage', `${label}: it does not begin with front matter`, {
    hint: 'begin it with the lines ---, name: …, description: …, ---; gistmill preset show summary is an example',
  });
}

/**
 * Cuts what follows the front matter at its headings of the first level. `label` names the file, whose front matter
 * takes `before` lines. Throws `usage` for a section that is unknown, empty, double or missing.
 */
export function cutSections(text: string, before: number, label: string): PresetSections {
  const found = new Map<SectionName, string[]>();
  let current: string[] | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const heading = /^# ([a-z]+)\s*$/.exec(line)?.[1];
    const place = `${label}, line ${before + index + 1}`;
    if (heading === undefined) {
      if (current === undefined && line.trim() !== '')
        throw fault(place, 'this stands before the first section');
      current?.push(line);
      continue;
    }
    const name = NAMES.find((known) => known === heading);
    if (name === undefined) throw fault(place, `there is no section "# ${heading}"`);
    if (found.has(name)) throw fault(place, `a second section "# ${name}"`);
    current = [];
    found.set(name, current);
  }
  const sections = Object.fromEntries([...found].map(([name, lines]) => [name, trimmed(lines)]));
  for (const name of ['system', 'user', ...found.keys()]) {
    if (!sections[name])
      throw fault(label, `the section "# ${name}" is ${name in sections ? 'empty' : 'missing'}`);
  }
  return sections as PresetSections;
}

function trimmed(lines: readonly string[]): string {
  return lines.join('\n').replace(/^\s*\n|\s+$/g, '');
}

function fault(place: string, problem: string): AppError {
  return new AppError('usage', `${place}: ${problem}`, {
    hint: `a preset has the sections ${NAMES.map((name) => `"# ${name}"`).join(', ')}; only system and user are needed. A heading of a prompt itself is written "## …"`,
  });
}
