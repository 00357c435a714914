import type { Events, RunEvents } from '../core/events.ts';
import { CostMeter } from './cost-meter.ts';
import type { EndpointSummary } from './run-summary.ts';

interface Meter {
  requests: number;
  ok: number;
  rateLimited: number;
  inputTokens: number | undefined;
  outputTokens: number | undefined;
  readonly cost: CostMeter | undefined;
  state: 'out' | 'down' | undefined;
}

/** Counts what each of several endpoints does; nothing where there is one. */
export class EndpointMeters {
  readonly #billed: boolean;
  readonly #meters = new Map<string, Meter>();

  constructor(events: Events, billed: boolean) {
    this.#billed = billed;
    events.on('attempt', ({ endpoint }) => {
      if (endpoint !== undefined) this.#of(endpoint).requests += 1;
    });
    events.on('attemptEnd', (event) => {
      if (event.endpoint !== undefined) this.#end(this.#of(event.endpoint), event);
    });
    events.on('endpointState', ({ endpoint, state }) => {
      this.#of(endpoint).state = state === 'back' ? undefined : state;
    });
  }

  summary(): ReadonlyMap<string, EndpointSummary> | undefined {
    if (this.#meters.size === 0) return undefined;
    const byName = [...this.#meters].sort(([a], [b]) => (a < b ? -1 : 1));
    return new Map(byName.map(([name, meter]) => [name, { ...meter, cost: meter.cost?.summary() }]));
  }

  #of(name: string): Meter {
    const known = this.#meters.get(name);
    if (known !== undefined) return known;
    const meter: Meter = {
      ...{ requests: 0, ok: 0, rateLimited: 0 },
      ...{ inputTokens: undefined, outputTokens: undefined, state: undefined },
      cost: this.#billed ? new CostMeter() : undefined,
    };
    this.#meters.set(name, meter);
    return meter;
  }

  #end(meter: Meter, event: RunEvents['attemptEnd']): void {
    const { usage, error } = event;
    meter.cost?.add(event);
    if (error === undefined) meter.ok += 1;
    else if (error.code === 'rate_limited') meter.rateLimited += 1;
    const { inputTokens, outputTokens } = usage;
    if (inputTokens !== undefined) meter.inputTokens = (meter.inputTokens ?? 0) + inputTokens;
    if (outputTokens !== undefined) meter.outputTokens = (meter.outputTokens ?? 0) + outputTokens;
  }
}
