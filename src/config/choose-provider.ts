import { findProvider, PROVIDER_NAMES, wireOf } from '../catalog/find-provider.ts';
import { isModuleFile } from '../catalog/module-file.ts';
import { splitModel } from '../catalog/split-model.ts';
import { AppError } from '../core/errors.ts';
import type { Env } from './env-file.ts';
import { nearestName } from './nearest-name.ts';
import type { RunOptions } from './run-options.ts';

/** What answers: a provider's name, or what a user's own is loaded from, and the model there. */
export interface Choice {
  readonly provider: string;
  readonly model: string | undefined;
}

/**
 * Which provider is meant. `--provider` says it; else `--url` means http; `--model groq/llama-3.3-70b` means Groq, unless
 * `--base-url` says where the model is; any other model, or a base URL, OpenAI or what is compatible; nothing at all the
 * built-in summariser. Throws `usage` for names that nobody has.
 */
export function chooseProvider(
  options: Pick<RunOptions, 'provider' | 'model' | 'url' | 'baseUrl'>,
  env: Env,
): Choice {
  const { provider, model, url, baseUrl } = options;
  if (provider !== undefined) {
    refuseMisspelt(provider);
    return { provider, model };
  }
  if (url !== undefined) return { provider: 'http', model };
  if (baseUrl !== undefined) return { provider: 'openai', model };
  return model === undefined ? { provider: 'local', model } : byPrefix(model, env);
}

function byPrefix(written: string, env: Env): Choice {
  const { prefix, isKnown, model } = splitModel(written);
  // What stands in for OpenAI may have names of its own with a slash in them.
  const isStandIn = Boolean(env.OPENAI_BASE_URL) && (!isKnown || prefix === 'openai');
  if (prefix === undefined || isStandIn) return { provider: 'openai', model: written };
  if (!isKnown) throw unknownPrefix(prefix, written);
  if (wireOf(prefix) === 'local') return { provider: prefix, model: undefined };
  return { provider: prefix, model: model === '' ? undefined : model };
}

function unknownPrefix(prefix: string, model: string): AppError {
  const near = nearestName(prefix, PROVIDER_NAMES);
  const suggestion = near === undefined ? '' : ` (did you mean ${near}?)`;
  return new AppError('usage', `--model ${model}: there is no provider called ${prefix}${suggestion}`, {
    hint:
      `those that are known: ${PROVIDER_NAMES.join(', ')}; or name one before it, such as openrouter/${model}, ` +
      'or where the model is: --base-url URL',
  });
}

function refuseMisspelt(name: string): void {
  if (findProvider(name) !== undefined || isModuleFile(name)) return;
  const near = nearestName(name, PROVIDER_NAMES);
  if (near === undefined) return;
  throw new AppError('usage', `--provider: there is no provider called ${name} (did you mean ${near}?)`, {
    hint: `those that are known: ${PROVIDER_NAMES.join(', ')}`,
  });
}
