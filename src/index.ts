export { AppError, ProviderError } from './core/errors.ts';
export { Events, type RunEvents } from './core/events.ts';
export type { ErrorCode } from './core/failures.ts';
export type { Json, JsonObject } from './core/json.ts';
export type { Effort, Outcome } from './core/outcome.ts';
export type { BrokenRecord, InputRecord } from './core/record.ts';
export type { Completion, CompletionRequest, Finish, Message, Usage } from './core/request.ts';
export type { DataSchema } from './library/data-schema.ts';
export {
  type DataOutcome,
  type SummarizeOptions,
  type SummarizeRun,
  summarize,
} from './library/summarize.ts';
export { type ResultRow, resultRowSchema } from './output/row-schema.ts';
export type {
  CreateOwnProvider,
  OwnCompletion,
  OwnProvider,
  OwnProviderOptions,
} from './provider/own/own-provider.ts';
