import type { Completion, CompletionRequest } from '../../core/request.ts';
import type { EffortMeter } from '../effort-meter.ts';
import type { RecordDeadline } from '../record-deadline.ts';

/** What goes first when a slot is free: finishing what was begun keeps few records open. */
export const PRIORITY = { record: 0, map: 1, reduce: 2, retry: 3 } as const;

/** On whose behalf a request is made. */
export interface Call {
  readonly id: string;
  readonly effort: EffortMeter;
  readonly priority: number;
  readonly deadline?: RecordDeadline | undefined;
  /** Key of the record of whose text the request is about a part. */
  readonly partOf?: string | undefined;
  /** Called when the request is sent; with the name of the endpoint where there are several. */
  readonly onSend?: (endpoint?: string) => void;
}

/**
 * Gets an answer to a request. Wrappers of this one type make up the stack that a task calls:
 * retry around checking around dispatch. New behaviour is a new wrapper.
 */
export type Complete = (request: CompletionRequest, call: Call) => Promise<Completion>;
