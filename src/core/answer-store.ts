import type { Completion } from './request.ts';

/** Answers that outlive the run, by the key of their request. Neither call throws or waits. */
export interface AnswerStore {
  get(key: string): Completion | undefined;
  put(key: string, answer: Completion): void;
}

/** Answers about parts of texts whose rows are not written yet, kept for the next run. */
export interface PartStore {
  get(key: string): Promise<Completion | undefined>;
  /** Resolves when the answer outlives this process. `record`: the key of the record that it belongs to. */
  put(record: string, key: string, answer: Completion): Promise<void>;
}
