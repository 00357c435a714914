/** Tokens that a request and its answer may take together, as far as a run knows. */
export class ContextWindow {
  #tokens: number | undefined;

  /** `tokens`: as the user or the model table gives it; without it nothing is known. */
  constructor(tokens?: number) {
    this.#tokens = tokens;
  }

  get tokens(): number | undefined {
    return this.#tokens;
  }

  /** The endpoint has shown that it takes no more than this. */
  learn(tokens: number): void {
    if (Number.isFinite(tokens) && tokens >= 1) {
      this.#tokens = Math.min(this.#tokens ?? tokens, Math.floor(tokens));
    }
  }
}
