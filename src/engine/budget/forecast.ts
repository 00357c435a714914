import type { CompletionRequest, Usage } from '../../core/request.ts';
import type { Cost } from '../limiter/cost.ts';
import { CostEstimator } from '../limiter/cost-estimator.ts';
import type { Outlook } from './budget.ts';

/** The least that a request takes: all that is sure before the first answer. */
const LEAST: Cost = { inputTokens: 1, outputTokens: 1 };

/** Tells what requests will take of a budget, from what earlier ones of the run took. */
export class Forecast {
  readonly #estimator = new CostEstimator(() => true);
  readonly #input = new Spread();
  readonly #output = new Spread();
  #answers = 0;

  /**
   * Before the first answer a request is expected to take next to nothing, while those under way are counted
   * many times what they are guessed at: a small budget sends one request, and learns.
   */
  outlook(request: CompletionRequest): Outlook {
    const expected = this.estimate(request);
    const most = request.maxOutputTokens ?? Number.POSITIVE_INFINITY;
    const worst = {
      inputTokens: Math.ceil(expected.inputTokens * this.#input.factor),
      outputTokens: Math.ceil(Math.min(expected.outputTokens * this.#output.factor, most)),
    };
    return { expected: this.#answers === 0 ? LEAST : expected, worst };
  }

  /** What a request that was sent is taken to have used where nobody tells. */
  estimate(request: CompletionRequest): Cost {
    return this.#estimator.estimate(request);
  }

  /** Takes note of an answer. */
  learn(request: CompletionRequest, usage: Usage): void {
    this.#answers += 1;
    this.#estimator.learn(request, usage);
    const expected = this.#estimator.estimate(request);
    this.#input.add(usage.inputTokens, expected.inputTokens);
    this.#output.add(usage.outputTokens, expected.outputTokens);
  }
}

/** How many times the expected amount the worst may be, before anything was seen. */
const UNSEEN_FACTOR = 16;
/** After one sight the worst is taken to be five times as bad as that, after a hundred 1.4 times. */
const MARGIN = 4;

/** How far above the expected the real amounts come. */
class Spread {
  #seen = 0;
  #worst = 1;

  add(actual: number | undefined, expected: number): void {
    if (actual === undefined || expected === 0) return;
    this.#seen += 1;
    this.#worst = Math.max(this.#worst, actual / expected);
  }

  get factor(): number {
    return this.#seen === 0 ? UNSEEN_FACTOR : this.#worst * (1 + MARGIN / Math.sqrt(this.#seen));
  }
}
