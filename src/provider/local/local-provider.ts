import { toAbortSignal } from '../../core/cancel-signal.ts';
import type { Completion, Provider } from '../../core/request.ts';
import { createSummariserPool, type SummariserPoolOptions } from './summariser-pool.ts';

/** Name under which results say what made them: sentences of the text, no language model. */
const LOCAL_MODEL = 'local/extractive';

/**
 * The built-in provider: no key, no network. It summarises `request.document.text` in worker threads and does not
 * read the messages. Usage stays unknown, since no model counts tokens.
 */
export async function createLocalProvider(options: SummariserPoolOptions = {}): Promise<Provider> {
  const pool = createSummariserPool(options);
  return {
    name: 'local',
    async attempt({ document, maxOutputTokens, shape }, signal): Promise<Completion> {
      const asked = {
        ...(maxOutputTokens !== undefined && { maxTokens: maxOutputTokens }),
        ...(shape !== undefined && { shape }),
      };
      const { text, cut } = await pool.run({ text: document.text, ...asked }, toAbortSignal(signal));
      return { text, finish: { unified: cut ? 'length' : 'stop' }, usage: {}, model: LOCAL_MODEL };
    },
    close: () => pool.close(),
  };
}
