import type { TextTools } from '../core/text-tools.ts';
import { mostTokens } from '../tokens/most-tokens.ts';
import { hasOwnEncoding } from '../tokens/token-counter.ts';
import { TokenFactor } from '../tokens/token-factor.ts';
import { TextThread } from './text-thread.ts';
import type { SizedTask } from './text-worker.ts';

export interface TextToolsOptions {
  /** Bundled module of the thread; by default the file beside this one in the built package. */
  readonly workerUrl?: URL;
}

/**
 * Counts and cuts by the tokens of a model: exactly for those of OpenAI, for others by the encoding of its late ones
 * times a factor that `learn` corrects. All is done in one thread, which starts with the first text that has to be
 * counted; `close` ends it and may be called again. Calls reject with an `AppError`: `internal`, or `interrupted`
 * after `close`.
 */
export function openTextTools(
  model: string | undefined,
  options: TextToolsOptions = {},
): TextTools & { close(): Promise<void> } {
  const thread = new TextThread(options.workerUrl ?? new URL('./text-worker.js', import.meta.url));
  const factor = new TokenFactor(hasOwnEncoding(model));
  /** An estimate of at most `maxTokens` in tokens of the encoding. */
  const counted = (maxTokens: number): number => Math.max(1, Math.floor(maxTokens / factor.value + ROUNDING));

  const count = async (text: string): Promise<number> => {
    if (text === '') return 0;
    const by = factor.value;
    const tokens = await thread.run<number>('count', { model, text });
    return Math.min(mostTokens(text), Math.ceil(tokens * by - ROUNDING));
  };
  const cut = async (name: 'chunk' | 'head', task: SizedTask): Promise<readonly string[]> => {
    if (mostTokens(task.text) <= task.maxTokens) return [task.text];
    const maxTokens = counted(task.maxTokens);
    const offsets = await thread.run<Uint32Array>(name, { ...task, maxTokens });
    return pairsOf(offsets).map(([from, to]) => task.text.slice(from, to));
  };

  return {
    count,
    chunk: (text, { maxTokens, overlapTokens }) => {
      const overlap = Math.floor(overlapTokens / factor.value);
      return cut('chunk', { model, text, maxTokens, overlapTokens: Math.max(0, overlap) });
    },
    head: async (text, maxTokens) => (await cut('head', { model, text, maxTokens }))[0] ?? '',
    learn: (estimated, reported) => factor.learn(estimated, reported),
    close: () => thread.close(),
  };
}

/** Keeps a product that is whole but for its last bit from being rounded to the next number. */
const ROUNDING = 1e-6;

function pairsOf(offsets: Uint32Array): readonly (readonly [number, number])[] {
  const pairs: [number, number][] = [];
  for (let i = 0; i + 1 < offsets.length; i += 2) pairs.push([offsets[i] ?? 0, offsets[i + 1] ?? 0]);
  return pairs;
}
