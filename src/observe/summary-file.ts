import { constants } from 'node:fs';
import { access, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';

/** Throws `usage` where `--summary-json` could not be written later: better known before the run. */
export async function checkSummaryPath(file: string): Promise<void> {
  try {
    const target = await resolveTarget(file);
    if (target.kind === 'folder') throw new Error('is a folder');
    await access(target.kind === 'new' ? path.dirname(target.path) : target.path, constants.W_OK);
  } catch (error) {
    throw new AppError('usage', `--summary-json ${file}: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Writes the summary in one step, so that a reader finds the old file or the new one. A pipe or
 * device (`/dev/stdout`) is written to as it is. Throws `output_write`.
 */
export async function writeSummaryJson(file: string, summary: JsonObject): Promise<void> {
  const text = `${JSON.stringify(summary, undefined, 2)}\n`;
  try {
    const target = await resolveTarget(file);
    if (target.kind === 'device') await writeFile(target.path, text);
    else await replaceFile(target.path, text);
  } catch (error) {
    throw new AppError('output_write', `--summary-json ${file}: ${messageOf(error)}`, { cause: error });
  }
}

interface Target {
  readonly kind: 'new' | 'file' | 'folder' | 'device';
  /** Behind all symbolic links. */
  readonly path: string;
}

async function resolveTarget(file: string): Promise<Target> {
  let stats: Awaited<ReturnType<typeof stat>>;
  try {
    stats = await stat(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'new', path: file };
    throw error;
  }
  if (stats.isDirectory()) return { kind: 'folder', path: file };
  // A pipe behind /dev/stdout has no path that could be resolved.
  if (!stats.isFile()) return { kind: 'device', path: file };
  return { kind: 'file', path: await realpath(file) };
}

async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.${crypto.randomUUID()}.tmp`;
  try {
    await writeFile(temporary, text);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
