import type { CompletionRequest, Provider, Usage } from '../../core/request.ts';
import type { Cost } from './cost.ts';
import { RunningQuantile } from './running-quantile.ts';

/**
 * Before anything is known: tokens a character of English ("Counting tokens", OpenAI's help centre: about
 * four characters a token), of other scripts, and of an answer.
 */
const TOKENS_PER_ASCII_CHARACTER = 0.25;
const TOKENS_PER_OTHER_CHARACTER = 0.8;
const TOKENS_OF_AN_ANSWER = 256;
/** Tokens that a chat message takes besides its text. */
const TOKENS_PER_MESSAGE = 4;

/** Characters looked at to tell the script of a text. */
const SAMPLE = 256;
/** Weight of a new observation in the running figure for input. */
const WEIGHT = 0.05;
/**
 * Share of the answers that are no longer than is reserved for one. A little above the mean, which is where half
 * to two thirds are: reserving much more would leave the limit unused while long answers are under way.
 */
const SHARE_COVERED = 0.7;

/** Guesses what a request will use, from its length and from what earlier ones of the run used. */
export class CostEstimator {
  readonly #countsTokens: () => boolean;
  readonly #chargesMost: boolean;
  #inputFactor = 1;
  readonly #outputTokens = new RunningQuantile(SHARE_COVERED);

  /**
   * `countsTokens`: whether any limit counts tokens now; else nothing is worth estimating. `counting`: how the
   * endpoint counts an answer; where that is not known, as it comes.
   */
  constructor(countsTokens: () => boolean, counting?: Provider['counting']) {
    this.#countsTokens = countsTokens;
    this.#chargesMost = counting === 'max-output';
  }

  estimate(request: CompletionRequest): Cost {
    if (!this.#countsTokens()) return NOTHING;
    const most = request.maxOutputTokens;
    const expected = Math.min(
      this.#outputTokens.value ?? TOKENS_OF_AN_ANSWER,
      most ?? Number.POSITIVE_INFINITY,
    );
    return {
      inputTokens: Math.ceil(guessInput(request) * this.#inputFactor),
      outputTokens: Math.ceil(this.#chargesMost ? (most ?? expected) : expected),
    };
  }

  /** What of the usage corrects the estimate: the most, once charged, stays so however short the answer is. */
  charged({ maxOutputTokens }: CompletionRequest, usage: Usage): Usage {
    if (!this.#chargesMost || maxOutputTokens === undefined) return usage;
    return usage.inputTokens === undefined ? {} : { inputTokens: usage.inputTokens };
  }

  /** Measures against the bare guess: estimates of requests in flight are older than what was learnt since. */
  learn(request: CompletionRequest, usage: Usage): void {
    const guess = this.#countsTokens() ? guessInput(request) : 0;
    if (usage.inputTokens !== undefined && guess > 0) {
      this.#inputFactor += WEIGHT * (usage.inputTokens / guess - this.#inputFactor);
    }
    if (usage.outputTokens !== undefined) this.#outputTokens.add(usage.outputTokens);
  }
}

const NOTHING: Cost = { inputTokens: 0, outputTokens: 0 };

function guessInput(request: CompletionRequest): number {
  return request.messages.reduce((sum, message) => sum + guessTokens(message.content), 0);
}

function guessTokens(text: string): number {
  const length = Math.min(text.length, SAMPLE);
  if (length === 0) return TOKENS_PER_MESSAGE;
  let ascii = 0;
  const step = text.length / length;
  for (let i = 0; i < length; i++) if (text.charCodeAt(Math.floor(i * step)) < 128) ascii += 1;
  const share = ascii / length;
  const perCharacter = share * TOKENS_PER_ASCII_CHARACTER + (1 - share) * TOKENS_PER_OTHER_CHARACTER;
  return TOKENS_PER_MESSAGE + text.length * perCharacter;
}
