import type { SummaryShape } from '../../core/summary-shape.ts';
import type { Summary } from './fit-sentences.ts';
import { summarise } from './summarise-text.ts';

/** What the pool sends to a thread. */
export interface SummariseTask {
  readonly text: string;
  readonly maxTokens?: number;
  readonly shape?: SummaryShape;
}

/** Entry of the worker threads: bundled on its own, called once for each text. */
export default function runTask({ text, ...options }: SummariseTask): Summary {
  return summarise(text, options);
}
