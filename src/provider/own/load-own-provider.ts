import { PROVIDER_NAMES } from '../../catalog/find-provider.ts';
import { AppError } from '../../core/errors.ts';
import { oneLine } from '../sanitise.ts';
import type { CreateOwnProvider, OwnProvider, OwnProviderOptions } from './own-provider.ts';
import { resolveModule } from './resolve-module.ts';

/**
 * Loads a file (from `cwd`) or a package (as `cwd` has it installed) and takes the provider that it exports. Rejects with
 * `usage` where there is none, or where loading or making it throws: one line that says where.
 */
export async function loadOwnProvider(
  name: string,
  cwd: string,
  options: OwnProviderOptions,
): Promise<OwnProvider> {
  const exported = await load(name, cwd);
  const found = exported.default ?? exported.createProvider;
  if (found === undefined) {
    throw broken(name, 'exports no provider, neither by default nor as createProvider');
  }
  const provider =
    typeof found === 'function' ? await make(found as CreateOwnProvider, name, options) : found;
  const fault = faultOf(provider);
  if (fault !== undefined) throw broken(name, fault);
  return provider as OwnProvider;
}

async function load(name: string, cwd: string): Promise<Readonly<Record<string, unknown>>> {
  const url = await resolveModule(name, cwd);
  if (url === undefined) {
    throw new AppError('usage', `--provider: there is no provider, file or package called ${name}`, {
      hint: `those that are known: ${PROVIDER_NAMES.join(', ')}; a file is written ./my-provider.mjs`,
    });
  }
  try {
    return await import(url);
  } catch (error) {
    throw broken(name, `cannot be loaded: ${reasonOf(error)}`, error);
  }
}

async function make(create: CreateOwnProvider, name: string, options: OwnProviderOptions): Promise<unknown> {
  try {
    return await create(options);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw broken(name, `could not be set up: ${reasonOf(error)}`, error);
  }
}

function faultOf(value: unknown): string | undefined {
  const { name, attempt, close } = (value ?? {}) as Partial<Record<keyof OwnProvider, unknown>>;
  if (typeof name !== 'string' || name === '') return 'gives a provider without a name';
  if (typeof attempt !== 'function') return 'gives a provider without a function attempt(request, signal)';
  if (close === undefined || typeof close === 'function') return undefined;
  return 'gives a provider whose close is no function';
}

function broken(name: string, fault: string, cause?: unknown): AppError {
  return new AppError('usage', `--provider: ${name} ${fault}`, {
    hint: 'docs/own-provider.md has an example',
    cause,
  });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  return oneLine(`${error.name}: ${error.message.split('\n')[0]}`);
}
