import type { Endpoint } from '../config/resolve-endpoint.ts';
import type { RunOptions } from '../config/run-options.ts';
import type { DescribedPrompt } from '../prompt/create-prompt.ts';
import type { TaskRooms } from './build-task.ts';
import { type DataAnswers, openAnswers } from './open-answers.ts';
import { openTexts } from './open-texts.ts';
import { type RowSettings, rowSettings } from './row-settings.ts';

/** What is done with each record, and what of it decides over its row. */
export interface Work {
  /** For `joinBatch`. */
  readonly rooms: TaskRooms;
  /** What made a row: that of the requests, and how long texts and unwanted answers are dealt with. */
  readonly rows: RowSettings;
  /** What made an answer to one request; missing for a provider of the caller's own. */
  readonly requests: RowSettings | undefined;
  close(): Promise<void>;
}

/** What of an endpoint matters here; one of the caller's own has no more than a model. */
export type Asked = Endpoint | { readonly provider: 'own'; readonly model: string };

/** Joins prompt, long texts and checks. Rejects with `usage` for options that do not fit together. */
export async function openWork(
  options: RunOptions,
  endpoint: Asked,
  prompt: DescribedPrompt,
  data?: DataAnswers,
): Promise<Work> {
  const { language = options.language } = prompt.settings;
  const checks = { ...options, language: typeof language === 'string' ? language : undefined };
  const answers = await openAnswers(checks, endpoint.provider, data);
  const requests = endpoint.provider === 'own' ? undefined : await rowSettings(options, endpoint, prompt);
  const texts = await openTexts(options, endpoint);
  return {
    rooms: { prompt: answers.bind(prompt), answer: answers.answer, texts: texts.rooms },
    rows: {
      usedFields: requests?.usedFields ?? [],
      settings: { ...requests?.settings, ...answers.settings, ...texts.settings },
    },
    requests,
    close: texts.close,
  };
}
