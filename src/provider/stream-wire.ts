import type { Json, JsonObject } from '../core/json.ts';

/** How one API streams an answer. */
export interface StreamWire {
  /** Server-sent events, or lines of JSON. */
  readonly framing: 'events' | 'lines';
  /** Fields of a request's body that ask for a stream. Where the endpoint refuses those of `extra`, it can do without. */
  readonly params: Readonly<Record<string, Json>>;
  readonly extra?: Readonly<Record<string, Json>>;
  /** Data of the event that ends a stream, where it is no JSON. */
  readonly doneMark?: string;
  assemble(): StreamAssembly;
}

/** Puts the pieces of one answer together. */
export interface StreamAssembly {
  add(piece: JsonObject): void;
  /** Whether more than the endpoint's word that it works has come: from then on silence is no thinking. */
  readonly hasBegun: boolean;
  /** How many pieces of text or thinking have come. */
  readonly tokenPieces: number;
  /** Whether the end mark has come: at most the usage is missing. */
  readonly isWhole: boolean;
  /** Whether nothing follows. */
  readonly isOver: boolean;
  /** The body that the same answer has when it is not streamed. */
  body(): unknown;
}
