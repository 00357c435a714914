import type { Billing } from '../batch/billing.ts';
import { type BatchEndpoint, type BatchSettings, type EarlierSpent, joinBatch } from '../batch/join-batch.ts';
import type { Random } from '../core/clock.ts';
import type { AppError } from '../core/errors.ts';
import { type Bottleneck, Events } from '../core/events.ts';
import type { Outcome } from '../core/outcome.ts';
import { RunControl } from '../engine/run-control.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { simulatedPrompt, simulatedProvider, simulatedSource } from './simulated-rooms.ts';
import type { RequestSize } from './survey-input.ts';

/** What of the configuration concerns the engine and the requests. Times in ms. */
export interface RunSettings extends BatchSettings {
  readonly grace: number;
  readonly maxOutputTokens?: number | undefined;
}

/** One of several endpoints that share the work. */
export type SimulatedEndpoint = Pick<BatchEndpoint, 'name' | 'weight' | 'settings' | 'billing'>;

export interface SimulationParts {
  readonly settings: RunSettings;
  /** Where there are several. */
  readonly endpoints?: readonly SimulatedEndpoint[] | undefined;
  readonly billing: Billing;
  readonly sizes: readonly RequestSize[];
  /** Requests of the whole run, of which `sizes` may be a sample. */
  readonly requests: number;
  readonly outputTokens: number;
  /** Ms that the answer to the request of this index takes. */
  readonly latencyMs: (index: number) => number;
  readonly random: Random;
  /** Wall-clock ms at which the run would begin. */
  readonly epochMs: number;
  /** What earlier runs have spent of the budget. */
  readonly spent?: EarlierSpent | undefined;
}

export interface Simulation {
  /** Ms from the first request to the last answer. */
  readonly ms: number;
  /** Requests played through; the time of the others follows from the rate of these. */
  readonly simulated: number;
  /** What held the run back for most of the time. */
  readonly heldBackBy: Bottleneck;
  /** Records that would fail although the endpoint does not, by error code. */
  readonly failed: ReadonlyMap<string, number>;
  /** Why the run would stop before its end, and how many requests would be answered by then. */
  readonly stoppedBy: AppError | undefined;
  readonly answered: number;
  /** Requests to each of several endpoints, by name. */
  readonly byEndpoint: ReadonlyMap<string, number>;
}

/** Plays the run through: the scheduler is the real one, only time and the endpoint are not. */
export async function simulate(parts: SimulationParts): Promise<Simulation> {
  const { settings, billing, sizes, requests, outputTokens, random, epochMs } = parts;
  const clock = new SimulatedClock(epochMs);
  const events = new Events();
  const stretches = new Stretches(() => clock.now());
  events.on('bottleneck', ({ by }) => stretches.begin(by));
  const tally = new Tally(() => clock.now(), sizes.length);
  const byEndpoint = new Map<string, number>();
  events.on('attempt', ({ endpoint }) => {
    if (endpoint !== undefined) byEndpoint.set(endpoint, (byEndpoint.get(endpoint) ?? 0) + 1);
  });
  const provider = simulatedProvider(clock, parts.latencyMs, outputTokens);
  const main = parts.endpoints?.map((endpoint) => ({ ...endpoint, provider, model: '' }));
  const end = await clock.until(
    joinBatch({
      ...{ billing, clock, random, emit: events.emit, spent: parts.spent },
      // A limit by the day that is used up ends a run; what is asked for is the time of all the runs together.
      settings: { ...settings, maxRetryWait: Number.POSITIVE_INFINITY },
      source: simulatedSource(sizes),
      prompt: simulatedPrompt(sizes, settings.maxOutputTokens),
      ...{ provider, endpoints: main && { main, fallback: [] } },
      control: new RunControl({ clock, graceMs: settings.grace }),
      sink: {
        write: async (outcome) => tally.count(outcome),
        close: async () => {},
      },
    }),
  );
  const rest = end.stoppedBy === undefined ? requests - sizes.length : 0;
  return {
    ms: clock.now() + rest * tally.msPerRequest(),
    simulated: sizes.length,
    heldBackBy: stretches.longest(),
    failed: tally.failed,
    stoppedBy: end.stoppedBy,
    answered: tally.answered,
    byEndpoint,
  };
}

/** Counts what has ended, and notes the pace of the middle half: neither the start nor the tail is typical. */
class Tally {
  readonly failed = new Map<string, number>();
  answered = 0;
  readonly #now: () => number;
  readonly #quarter: number;
  #ended = 0;
  #firstQuarterAt = 0;
  #lastQuarterAt = 0;

  constructor(now: () => number, requests: number) {
    this.#now = now;
    this.#quarter = Math.floor(requests / 4);
  }

  count(outcome: Outcome): void {
    this.#ended += 1;
    if (this.#ended === this.#quarter) this.#firstQuarterAt = this.#now();
    if (this.#ended === 3 * this.#quarter) this.#lastQuarterAt = this.#now();
    if (outcome.ok) this.answered += 1;
    else this.failed.set(outcome.error.code, (this.failed.get(outcome.error.code) ?? 0) + 1);
  }

  msPerRequest(): number {
    return this.#quarter === 0 ? 0 : (this.#lastQuarterAt - this.#firstQuarterAt) / (2 * this.#quarter);
  }
}

/** How long each thing held the run back. */
class Stretches {
  readonly #now: () => number;
  readonly #ms = new Map<Bottleneck, number>();
  #current: Bottleneck = 'none';
  #since = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  begin(by: Bottleneck): void {
    this.#ms.set(this.#current, (this.#ms.get(this.#current) ?? 0) + this.#now() - this.#since);
    this.#current = by;
    this.#since = this.#now();
  }

  longest(): Bottleneck {
    this.begin('none');
    return [...this.#ms].reduce((most, entry) => (entry[1] > most[1] ? entry : most), [
      'none',
      0,
    ] as const)[0];
  }
}
