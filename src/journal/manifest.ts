import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isJsonObject, type JsonObject } from '../core/json.ts';

/** What made a row, in words: the settings that decide over answers. Flat; holds no key and no password. */
export type Settings = JsonObject;

/** The sidecar of a journal: every set of settings that made some of its rows, by its short hash. */
export type Manifest = ReadonlyMap<string, Settings>;

const VERSION = 1;

/** The sidecar at this path; empty where there is none, or one that nobody can read. */
export async function readManifest(path: string): Promise<Manifest> {
  const found = new Map<string, Settings>();
  const text = await readFile(path, 'utf8').catch(() => '');
  const made = parse(text)?.made_by;
  for (const [name, settings] of Object.entries(isJsonObject(made) ? made : {})) {
    if (isJsonObject(settings)) found.set(name, settings);
  }
  return found;
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** Writes the sidecar in one step. Rejects with what the file system says. */
export async function writeManifest(path: string, manifest: Manifest): Promise<void> {
  const content = { gistmill: 'journal', version: VERSION, made_by: Object.fromEntries(manifest) };
  const temporary = `${path}.tmp`;
  try {
    await writeFile(temporary, `${JSON.stringify(content, undefined, 2)}\n`);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
