import type { Prompt } from '../core/request.ts';
import type { TextTools } from '../core/text-tools.ts';
import { ContextWindow } from '../engine/task/context-window.ts';
import { longText, type Strategy } from '../engine/task/long-text.ts';
import { single } from '../engine/task/single.ts';
import type { FinalAnswer, Task } from '../engine/task/task.ts';

/** What of the configuration concerns the work at one text. In tokens. */
export interface TaskSettings {
  readonly strategy?: Strategy | undefined;
  readonly chunkTokens?: number | undefined;
  readonly overlap?: number | undefined;
}

export interface TaskRooms {
  readonly prompt: Prompt;
  /** Missing where texts are always asked for whole: there is no window, or nothing to count by. */
  readonly texts?: LongTextRooms | undefined;
  /** Checks the answers. Default: as they come. */
  readonly answer?: FinalAnswer | undefined;
}

export interface LongTextRooms {
  readonly tools: TextTools;
  /** Tokens of the context window, where they are known. */
  readonly context?: number | undefined;
}

/** Joins the task of a run. `breadth`: most parts of one text that are worked at at once. */
export function buildTask(
  { prompt, texts, answer }: TaskRooms,
  settings: TaskSettings,
  breadth: number,
): Task {
  if (texts === undefined) return single(prompt, answer);
  return longText({
    ...{ prompt, breadth, tools: texts.tools, window: new ContextWindow(texts.context) },
    strategy: settings.strategy ?? 'auto',
    chunkTokens: settings.chunkTokens,
    overlapTokens: settings.overlap ?? 0,
    answer: answer ?? ((request, _record, ask) => ask(request)),
  });
}
