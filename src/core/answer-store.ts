import type { Completion } from './request.ts';

/** Answers that outlive the run, by the key of their request. Neither call throws or waits. */
export interface AnswerStore {
  get(key: string): Completion | undefined;
  put(key: string, answer: Completion): void;
}
