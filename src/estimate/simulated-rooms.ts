import type { Clock } from '../core/clock.ts';
import type { InputRow, Source } from '../core/record.ts';
import type { Completion, CompletionRequest, Prompt, Provider } from '../core/request.ts';
import type { RequestSize } from './survey-input.ts';

/** What a simulated record holds in place of a text. */
interface Size {
  readonly index: number;
  readonly inputTokens: number;
  readonly characters: number;
}

/** From as many tokens a character on, a text is in a script of which the limiter expects as much. */
const DENSE = 0.5;
const DENSE_FILLER = '漢';
const FILLER = 'x';

/** Records of these sizes, as fast as they are asked for. */
export function simulatedSource(sizes: readonly RequestSize[]): Source {
  return {
    bytesRead: () => 0,
    async *rows(signal): AsyncGenerator<InputRow> {
      for (const [index, size] of sizes.entries()) {
        if (signal.aborted) return;
        const fields = { index, ...size };
        yield {
          ok: true,
          record: { id: String(index), index, text: FILLER, fields, at: { file: '', line: index + 1 } },
        };
      }
    },
  };
}

/**
 * Requests as long as the real ones, for the limiter guesses tokens by the length and the script. Slices of one
 * filler share its memory.
 */
export function simulatedPrompt(sizes: readonly RequestSize[], maxOutputTokens: number | undefined): Prompt {
  const longest = sizes.reduce((most, { characters }) => Math.max(most, characters), 0);
  const fillers = [FILLER.repeat(longest), DENSE_FILLER.repeat(longest)] as const;
  return {
    render: ({ text, fields }): CompletionRequest => {
      const { characters, inputTokens } = sizeOf(fields);
      const filler = fillers[inputTokens > DENSE * characters ? 1 : 0];
      return {
        model: '',
        messages: [{ role: 'user', content: filler.slice(0, characters) }],
        params: {},
        document: { text, fields },
        ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
      };
    },
  };
}

/**
 * What gistmill itself takes for a request, in ms: 5,000 a second on one processor (`npm run bench throughput`).
 * It matters where an endpoint is very quick.
 */
const OWN_MS = 0.2;

/** An endpoint without limits or faults that takes its time and answers with so many tokens. */
export function simulatedProvider(
  clock: Clock,
  latencyMs: (index: number) => number,
  outputTokens: number,
): Provider {
  let idleAt = 0;
  return {
    name: 'simulated',
    attempt: ({ document }) => {
      const { index, inputTokens } = sizeOf(document.fields);
      const completion: Completion = {
        text: FILLER,
        finish: { unified: 'stop' },
        usage: { inputTokens, outputTokens },
      };
      const now = clock.now();
      idleAt = Math.max(idleAt, now) + OWN_MS;
      const ms = idleAt - now + latencyMs(index);
      return new Promise((resolve) => {
        clock.timer(ms, () => resolve(completion));
      });
    },
    close: async () => {},
  };
}

function sizeOf(fields: CompletionRequest['document']['fields']): Size {
  const { index, characters, inputTokens } = fields;
  return { index: Number(index), characters: Number(characters), inputTokens: Number(inputTokens) };
}
