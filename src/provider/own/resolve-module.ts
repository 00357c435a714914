import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isModuleFile, isPath } from '../../catalog/module-file.ts';
import { isJsonObject, type Json } from '../../core/json.ts';

/**
 * The URL of the module that a name means: a file, meant from `cwd`, or a package, looked for where a module in `cwd`
 * would. Undefined where there is none.
 */
export async function resolveModule(name: string, cwd: string): Promise<string | undefined> {
  if (name.startsWith('file:')) return name;
  const file = resolve(cwd, name);
  if (isModuleFile(name) && existsSync(file)) return pathToFileURL(file).href;
  if (isPath(name)) return undefined;
  return packageUrl(name, createRequire(join(cwd, 'noop.js')));
}

async function packageUrl(name: string, require: NodeJS.Require): Promise<string | undefined> {
  try {
    const found = require.resolve(name);
    // A module of Node.js itself, such as `http`, is no provider.
    return found === name ? undefined : pathToFileURL(found).href;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    return importedUrl(name, require);
  }
}

/** Of a package that has its code for `import` only, which `require.resolve` does not find. */
async function importedUrl(name: string, require: NodeJS.Require): Promise<string | undefined> {
  for (const folder of require.resolve.paths(name) ?? []) {
    const manifest = join(folder, name, 'package.json');
    if (!existsSync(manifest)) continue;
    const { exports } = JSON.parse(await readFile(manifest, 'utf8')) as { exports?: Json };
    const target = importTarget(isJsonObject(exports) ? (exports['.'] ?? exports) : exports);
    return target === undefined ? undefined : pathToFileURL(join(folder, name, target)).href;
  }
  return undefined;
}

/** Conditions in the order in which the package lists them (Node.js, "Conditional exports"). */
function importTarget(entry: Json | undefined): string | undefined {
  if (typeof entry === 'string') return entry;
  if (!isJsonObject(entry)) return undefined;
  for (const [condition, target] of Object.entries(entry)) {
    const found = ['import', 'node', 'default'].includes(condition) ? importTarget(target) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
