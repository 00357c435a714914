import type { RunOptions } from '../config/run-options.ts';
import { AppError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { LongTextRooms } from './build-task.ts';

type TextOptions = Pick<RunOptions, 'strategy' | 'context' | 'chunkTokens' | 'overlap'>;

/** What is known of the endpoint. */
interface Asked {
  readonly provider: string;
  readonly model: string;
  readonly baseUrl?: string | undefined;
}

export interface OpenTexts {
  /** Missing where every text is asked for whole. */
  readonly rooms: LongTextRooms | undefined;
  /** What of it decides over rows, by option. */
  readonly settings: JsonObject;
  close(): Promise<void>;
}

/**
 * What is needed to work at texts that do not fit a request. The built-in summariser takes any length; of an endpoint
 * that is not told what its window is, only a length that the user asks for is kept. Throws `usage` for options that
 * do not fit together.
 */
export async function openTexts(options: TextOptions, asked: Asked): Promise<OpenTexts> {
  const { strategy, context, chunkTokens, overlap } = options;
  if (chunkTokens !== undefined && overlap * 2 > chunkTokens) {
    throw new AppError('usage', `--overlap ${overlap} is more than half of --chunk-tokens ${chunkTokens}`, {
      hint: `write --overlap ${Math.floor(chunkTokens / 2)} or less`,
    });
  }
  const isWhole =
    asked.provider === 'local' ||
    (asked.provider === 'http' && context === undefined && chunkTokens === undefined);
  if (isWhole) return { rooms: undefined, settings: {}, close: async () => {} };
  const { openTextTools } = await import('../chunks/open-text-tools.ts');
  const tools = openTextTools(asked.model);
  return {
    rooms: { tools, context: context ?? (await contextOf(asked)) },
    settings: {
      ...(strategy !== 'auto' && { strategy }),
      ...(chunkTokens !== undefined && { chunk_tokens: chunkTokens }),
      ...(overlap !== 0 && { overlap }),
    },
    close: () => tools.close(),
  };
}

/** As the model table has it. Of a server of one's own it is learnt instead. */
async function contextOf(asked: Asked): Promise<number | undefined> {
  const { contextWindowOf } = await import('../pricing/context-window.ts');
  return (await contextWindowOf(asked))?.contextTokens;
}
