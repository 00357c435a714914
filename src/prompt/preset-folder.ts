import { readdir, readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { AppError } from '../core/errors.ts';

/** Beside this file in the source, beside the bundle in the package. */
const FOLDER = new URL('./presets/', import.meta.url);

export interface PresetSource {
  /** As messages name it. */
  readonly label: string;
  /** What it is called where it does not say so itself. */
  readonly name: string;
  readonly source: string;
}

/** The names of the presets that come with the package. */
export async function builtInPresets(): Promise<readonly string[]> {
  const files = await readdir(FOLDER);
  return files.flatMap((file) => (file.endsWith('.md') ? [file.slice(0, -3)] : [])).sort();
}

/** Whether this is meant as a file, and not as the name of a built-in preset. */
function isPresetPath(given: string): boolean {
  return /[/\\]|\.md$/i.test(given);
}

/** The text of a preset: of the file where a path (from `cwd`) is given, else of the built-in one. Rejects with `usage`. */
export async function readPreset(given: string, cwd = ''): Promise<PresetSource> {
  if (!isPresetPath(given)) return readBuiltIn(given);
  try {
    const source = await readFile(resolve(cwd, given), 'utf8');
    return { label: `preset ${given}`, name: basename(given).replace(/\.md$/i, ''), source };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new AppError('usage', `--preset: ${given} cannot be read (${code})`, { cause: error });
  }
}

async function readBuiltIn(name: string): Promise<PresetSource> {
  const file = new URL(`${encodeURIComponent(name)}.md`, FOLDER);
  try {
    return { label: `preset ${name}`, name, source: await readFile(file, 'utf8') };
  } catch (error) {
    const names = (await builtInPresets()).join(', ');
    throw new AppError('usage', `--preset: there is no preset ${JSON.stringify(name.slice(0, 60))}`, {
      hint: `there are ${names}; one of your own is given as a path: ./mine.md`,
      cause: error,
    });
  }
}
