import type { CancelSignal } from './cancel-signal.ts';
import type { Json, JsonObject } from './json.ts';
import type { SummaryShape } from './summary-shape.ts';

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** One request for a completion, before it takes any provider's wire format. */
export interface CompletionRequest {
  readonly model: string;
  readonly messages: readonly Message[];
  /** Upper bound of the answer, in tokens. */
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  /** Extra top-level fields of the request body, as the user named them. */
  readonly params: Readonly<Record<string, Json>>;
  /** What the answer has to be, for providers that can be bound to it. */
  readonly schema?: AnswerSchema;
  /** What the summary should be like, for providers that write it themselves instead of following messages. */
  readonly shape?: SummaryShape;
  /** An answer that is known already will not do: it was found at fault. */
  readonly anew?: true;
  /** What is to be summarised, for providers that take the document rather than messages. */
  readonly document: {
    readonly text: string;
    readonly fields: JsonObject;
    /** Of all that this request is made of besides the settings of the run; where a journal asked for it. */
    readonly contentHash?: string | undefined;
  };
}

/** The JSON Schema of an answer. */
export interface AnswerSchema {
  /** Letters, digits, `_` and `-`, at most 64: what endpoints take as a name. */
  readonly name: string;
  readonly schema: JsonObject;
}

/** Tokens as the endpoint reports them. A missing field is unknown, which is not 0. */
export interface Usage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
}

export interface Finish {
  readonly unified: 'stop' | 'length' | 'filter' | 'other';
  /** The provider's own word for it. */
  readonly raw?: string;
}

export interface Completion {
  readonly text: string;
  readonly finish: Finish;
  readonly usage: Usage;
  /** The model that answered, as it names itself. */
  readonly model?: string;
  /** Which endpoint answered, where there are several. */
  readonly endpoint?: string;
  readonly requestId?: string;
  /** What the reply's headers said of the endpoint's limits. */
  readonly limits?: readonly LimitHint[];
  /** Where the answer was known from, when no request was sent for it. */
  readonly from?: KnownFrom;
  /** It was asked for in a batch, at the price of batches, rather than online. */
  readonly lane?: 'batch';
  /** The answer as data, where a schema was asked for. */
  readonly data?: Json;
  /** The model's thinking came apart from the text. */
  readonly reasoning?: true;
  /** Checks that the answer still misses after it was asked for again. */
  readonly warnings?: readonly string[];
  /** How the answer came, where it was streamed. */
  readonly timing?: AnswerTiming;
  /** How a text was dealt with that does not fit one request. */
  readonly long?: LongText;
}

export interface LongText {
  readonly strategy: 'map-reduce' | 'refine' | 'truncate';
  /** Parts that the text was cut into; with `truncate` 1, for the rest was left out. */
  readonly chunks: number;
}

/** `memory`: an identical request of the same run; `cache`: an earlier run; `parts`: one that was interrupted. */
export type KnownFrom = 'memory' | 'cache' | 'parts';

/** One limit as announced by an endpoint. */
export interface LimitHint {
  readonly unit: 'requests' | 'tokens' | 'inputTokens' | 'outputTokens';
  /** Allowed in a window. */
  readonly limit?: number;
  /** Left in the window that runs now. */
  readonly remaining?: number;
  /** Time until the window is full again, in ms. */
  readonly resetMs?: number;
  /** Length of the window in ms, where the endpoint names it. */
  readonly windowMs?: number;
}

/** Ms of a streamed answer. */
export interface AnswerTiming {
  /** From sending the request to the first token, of text or of thinking. */
  readonly firstTokenMs: number;
  /** From the first token to the last; 0 where all came at once. */
  readonly outputMs: number;
}

/** Is told of an answer that is streamed, while it comes. */
export interface AnswerWatch {
  /** Something came: tokens, or signs of life after the answer has begun. */
  heard(hasTokens: boolean): void;
}

/**
 * A connection to one endpoint. `attempt` makes exactly one attempt: no sleeping, no retrying.
 * It rejects with a `ProviderError` that already knows what kind of failure it is.
 */
export interface Provider {
  /** Short name, as `--provider` takes it. */
  readonly name: string;
  /**
   * How the endpoint counts an answer's tokens against its limits: the most that was asked for, at admission,
   * or those that come. Not known where left out.
   */
  readonly counting?: 'max-output' | 'actual' | undefined;
  /** `watch` is for providers that stream; the others answer at once. */
  attempt(request: CompletionRequest, signal: CancelSignal, watch?: AnswerWatch): Promise<Completion>;
  close(): Promise<void>;
}

/** One step of the work at a text that takes several requests. Parts are counted from 1. */
export type PromptStep =
  /** The record's `text` is one part of the whole. */
  | { readonly kind: 'map'; readonly part: number; readonly parts: number }
  /** The answers about neighbouring parts, in their order, become one; `last` makes the final answer. The record's `text` is not used. */
  | { readonly kind: 'reduce'; readonly answers: readonly string[]; readonly last: boolean }
  /** The answer about all parts before is carried on with the record's `text`, the next part. */
  | { readonly kind: 'refine'; readonly part: number; readonly parts: number; readonly answer: string };

/** What a prompt sees of a record. */
export interface PromptRecord {
  readonly text: string;
  readonly fields: JsonObject;
  readonly id: string;
  readonly index: number;
  readonly contentHash?: string | undefined;
}

/**
 * Turns a record into a request: for the whole text, or for one step of the work at it. Pure; throws an
 * `AppError` (`prompt_field`) for a record that lacks a field.
 */
export interface Prompt {
  render(record: PromptRecord, step?: PromptStep): CompletionRequest;
}
