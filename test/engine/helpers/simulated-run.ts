import { joinBatch } from '../../../src/batch/join-batch.ts';
import { AppError, ProviderError } from '../../../src/core/errors.ts';
import { Events, type RunEvents } from '../../../src/core/events.ts';
import type { InputRow, Source } from '../../../src/core/record.ts';
import type { Completion, Provider } from '../../../src/core/request.ts';
import { RunControl } from '../../../src/engine/run-control.ts';
import { SimulatedClock } from '../../../src/estimate/simulated-clock.ts';
import type { Answered, LoopOptions } from './closed-loop.ts';
import { goodRow, plainPrompt } from './records.ts';
import { seededRandom } from './seeded-random.ts';

export interface SimulatedRunOptions extends Pick<LoopOptions, 'endpoint' | 'durationMs' | 'seed'> {
  readonly concurrency: number | 'auto';
  readonly maxConcurrency?: number;
  readonly rpm?: number;
  readonly timeoutMs?: number;
}

/** A whole run, as the command joins it, over endless records for so much virtual time. */
export async function simulatedRun(options: SimulatedRunOptions) {
  const { concurrency, maxConcurrency = 512, durationMs, rpm } = options;
  const clock = new SimulatedClock(0);
  const random = seededRandom(options.seed ?? 1);
  const events = new Events();
  const limits: RunEvents['concurrency'][] = [];
  events.on('concurrency', (event) => limits.push(event));
  let rejected = 0;
  events.on('attemptEnd', ({ error }) => {
    if (error?.code === 'rate_limited') rejected += 1;
  });
  let ok = 0;
  let failed = 0;
  const control = new RunControl({ clock, graceMs: 0 });
  clock.timer(durationMs, () => control.abort(new AppError('interrupted', 'time is up')));
  await clock.until(
    joinBatch({
      settings: {
        ...{ concurrency, maxConcurrency, rpm, ordered: false, maxRetryWait: 900_000 },
        ...{ maxAttempts: 20, maxRateLimitAttempts: 1000, timeout: options.timeoutMs ?? 120_000 },
      },
      ...{ clock, random, control, emit: events.emit, prompt: plainPrompt, source: endlessSource() },
      provider: providerOf(options.endpoint(clock, random)),
      sink: {
        write: async (outcome) => {
          if (outcome.ok) ok += 1;
          else failed += 1;
        },
        close: async () => {},
      },
    }),
  );
  return { ok, failed, rejected, limits };
}

function endlessSource(): Source {
  return {
    bytesRead: () => 0,
    async *rows(signal): AsyncGenerator<InputRow> {
      for (let index = 0; !signal.aborted; index++) yield goodRow(index, 'text');
    },
  };
}

const ERRORS: Readonly<Record<Exclude<Parameters<Answered>[0], 'ok'>, () => ProviderError>> = {
  'rate-limited': () => new ProviderError('rate_limited', '429', { status: 429 }),
  overloaded: () => new ProviderError('overloaded', '529', { status: 529 }),
  fault: () => new ProviderError('connection', 'reset'),
  other: () => new ProviderError('bad_request', '400', { status: 400 }),
};

function providerOf(endpoint: ReturnType<LoopOptions['endpoint']>): Provider {
  let inFlight = 0;
  return {
    name: 'simulated',
    attempt: () =>
      new Promise<Completion>((resolve, reject) => {
        inFlight += 1;
        const job = { inputTokens: 500, outputTokens: 100 };
        const answered: Answered = (result) => {
          inFlight -= 1;
          if (result === 'ok') resolve({ text: 'a summary', finish: { unified: 'stop' }, usage: job });
          else reject(ERRORS[result]());
        };
        endpoint(job, answered, inFlight);
      }),
    close: async () => {},
  };
}
