import { AppError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { type Preset, parsePreset } from '../prompt/preset-file.ts';
import { builtInPresets, readPreset } from '../prompt/preset-folder.ts';
import type { Io } from './io.ts';

/** `gistmill preset list|show NAME`: names the presets of the package, or prints one, to copy and change. */
export async function presetCommand(action: string, name: string | undefined, io: Io): Promise<number> {
  io.stdout.write(action === 'show' ? await show(name, io.cwd) : await list(name));
  return EXIT.done;
}

async function show(name: string | undefined, cwd: string): Promise<string> {
  if (name === undefined) {
    throw new AppError('usage', 'preset show: which one?', { hint: 'gistmill preset list names them' });
  }
  return (await readPreset(name, cwd)).source;
}

async function list(name: string | undefined): Promise<string> {
  if (name !== undefined) {
    throw new AppError('usage', `preset list takes no name, but ${JSON.stringify(name)} follows`, {
      hint: `to see that preset: gistmill preset show ${name}`,
    });
  }
  const names = await builtInPresets();
  const width = Math.max(...names.map(({ length }) => length));
  const lines = names.map(async (preset) => {
    const { source, label } = await readPreset(preset);
    return `${preset.padEnd(width)}  ${about(await parsePreset(source, label, preset))}\n`;
  });
  return (await Promise.all(lines)).join('');
}

function about({ description, needs, variables }: Preset): string {
  const options = needs.map((option) => `--${option}`);
  const names = [...variables].flatMap(([name, { default: usual }]) =>
    usual === undefined ? [`--var ${name}=…`] : [],
  );
  const wanted = [...options, ...names];
  return wanted.length === 0 ? description : `${description} (needs ${wanted.join(', ')})`;
}
