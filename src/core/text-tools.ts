/** Counts and cuts texts by the tokens of the run's model. What takes long is done off the event loop. */
export interface TextTools {
  /** Tokens of a text: exact where the model's encoding is known, else estimated as `learn` has taught. */
  count(text: string): Promise<number>;
  /**
   * Cuts a text into parts of at most `maxTokens` each, in order, with nothing left out but blanks between them.
   * Each part after the first begins with up to `overlapTokens` of the end of the one before.
   */
  chunk(text: string, size: ChunkSize): Promise<readonly string[]>;
  /** The beginning of a text, at most `maxTokens`, ended where a sentence or paragraph does if one is near. */
  head(text: string, maxTokens: number): Promise<string>;
  /** Corrects later estimates: the endpoint counted `reported` tokens where `count` came to `counted`. */
  learn(counted: number, reported: number): void;
}

/** In tokens; the overlap counts towards the most. */
export interface ChunkSize {
  readonly maxTokens: number;
  readonly overlapTokens: number;
}
