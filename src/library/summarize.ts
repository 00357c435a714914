import type { z } from 'zod';
import { type Billing, openBilling } from '../batch/billing.ts';
import { joinBatch } from '../batch/join-batch.ts';
import { madeBySeveral } from '../batch/made-by-several.ts';
import { type OpenEndpoints, openBillings, openEndpoints } from '../batch/open-endpoints.ts';
import { keyOf } from '../batch/open-reuse.ts';
import { openWork } from '../batch/open-work.ts';
import type { ProviderName } from '../catalog/providers.ts';
import type { EndpointEntry } from '../config/endpoint-entry.ts';
import { settleRunOptions } from '../config/load-config.ts';
import { type EndpointPlan, planEndpoints } from '../config/plan-endpoints.ts';
import type { RunOptions } from '../config/run-options.ts';
import { systemClock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { Events } from '../core/events.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Completion, Provider } from '../core/request.ts';
import { RunControl } from '../engine/run-control.ts';
import { fromIterable } from '../input/from-iterable.ts';
import { orderedSink } from '../output/ordered-sink.ts';
import { createPrompt } from '../prompt/create-prompt.ts';
import { adaptOwn } from '../provider/own/adapt-own.ts';
import type { OwnProvider } from '../provider/own/own-provider.ts';
import { type DataSchema, dataAnswers } from './data-schema.ts';
import { OutcomeChannel } from './outcome-channel.ts';

/** The options of the command line that mean something here, under their configuration keys. */
type SharedOptions = Pick<
  RunOptions,
  | 'textField'
  | 'idField'
  | 'preset'
  | 'length'
  | 'style'
  | 'language'
  | 'audience'
  | 'focus'
  | 'var'
  | 'prompt'
  | 'system'
  | 'minWords'
  | 'maxWords'
  | 'checkCopy'
  | 'checkLanguage'
  | 'strategy'
  | 'context'
  | 'chunkTokens'
  | 'overlap'
  | 'onTruncated'
  | 'maxOutputTokens'
  | 'temperature'
  | 'param'
  | 'model'
  | 'fallbackModel'
  | 'baseUrl'
  | 'region'
  | 'apiVersion'
  | 'url'
  | 'body'
  | 'bodyType'
  | 'responsePath'
  | 'concurrency'
  | 'rpm'
  | 'tpm'
  | 'inputTpm'
  | 'outputTpm'
  | 'rpd'
  | 'tpd'
  | 'maxAttempts'
  | 'maxRateLimitAttempts'
  | 'timeout'
  | 'stream'
  | 'idleTimeout'
  | 'maxRetryWait'
  | 'maxFailures'
  | 'maxCost'
  | 'maxTokensTotal'
  | 'priceIn'
  | 'priceOut'
  | 'recordDeadline'
  | 'deadline'
  | 'maxConsecutiveFailures'
  | 'grace'
  | 'window'
  | 'ordered'
  | 'dedupe'
>;

type Items = Iterable<string | JsonObject> | AsyncIterable<string | JsonObject>;

export interface SummarizeOptions extends Partial<SharedOptions> {
  /** Several endpoints that share the work, each with limits of its own; see docs/endpoints.md. */
  readonly endpoints?: readonly EndpointEntry[];
  /** What answers have to be: a schema of zod 4, or a JSON Schema. Outcomes then hold `answer.data`. */
  readonly schema?: DataSchema;
  /** A built-in provider by name, or one of your own: an object, or the file or package that exports it. */
  readonly provider?: ProviderName | OwnProvider | (string & {});
  /** The key. Where it is missing, the environment is looked at as the command line does. */
  readonly apiKey?: string;
  /** Stops the run: requests in flight get `grace` ms, then the iteration throws the reason. */
  readonly signal?: AbortSignal;
  /** Listeners for what goes on; see `RunEvents`. */
  readonly events?: Events;
}

/** An outcome whose answer, if there is one, is data of this type. */
export type DataOutcome<Data> =
  | Extract<Outcome, { readonly ok: false }>
  | (Omit<Extract<Outcome, { readonly ok: true }>, 'answer'> & {
      readonly answer: Omit<Completion, 'data'> & { readonly data: Data };
    });

export interface SummarizeRun<One = Outcome> extends AsyncIterable<One>, AsyncDisposable {
  /** Ends the run: what is in flight is cut off. Safe to call at any time. */
  close(): Promise<void>;
}

/**
 * Summarises texts (strings, or objects with a text field) with bounded concurrency, within the limits, with
 * retries. Yields an outcome for each, in the order in which they complete, or of the input with `ordered`.
 * A record that fails is an outcome too; the iteration throws an `AppError` only for what ends the run.
 * Times are in ms.
 */
export function summarize<Schema extends z.ZodType>(
  items: Items,
  options: SummarizeOptions & { readonly schema: Schema },
): SummarizeRun<DataOutcome<z.output<Schema>>>;
export function summarize(
  items: Items,
  options: SummarizeOptions & { readonly schema: JsonObject },
): SummarizeRun<DataOutcome<Json>>;
export function summarize(items: Items, options?: SummarizeOptions): SummarizeRun;
export function summarize(items: Items, options: SummarizeOptions = {}): SummarizeRun {
  const control = new RunControl({ clock: systemClock, graceMs: options.grace ?? 10_000 });
  const channel = new OutcomeChannel();
  let running: Promise<void> | undefined;
  const start = (): Promise<void> => {
    running ??= run(items, options, control, channel);
    return running;
  };
  const close = async (): Promise<void> => {
    control.abort(new AppError('interrupted', 'the run was closed'));
    channel.discard();
    await running?.catch(() => {});
  };
  return {
    close,
    [Symbol.asyncDispose]: close,
    async *[Symbol.asyncIterator]() {
      const ended = start().finally(() => channel.close());
      // Told below, when the iteration comes to it; until then it is no unhandled rejection.
      ended.catch(() => {});
      try {
        for (let next = await channel.take(); next !== undefined; next = await channel.take()) yield next;
        await ended;
      } finally {
        await close();
      }
    },
  };
}

async function run(
  items: Items,
  { provider: named, apiKey, signal, events = new Events(), schema, ...given }: SummarizeOptions,
  control: RunControl,
  channel: OutcomeChannel,
): Promise<void> {
  const isOwn = typeof named === 'object';
  const data = schema && (await dataAnswers(schema));
  const settled = settleRunOptions({ ...given, provider: isOwn ? undefined : named });
  const served = isOwn ? await adapt(named, settled) : await builtIn(settled, apiKey);
  const { options, provider, model, billing } = served;
  const prompt = await createPrompt({ ...options, model, params: options.param ?? {} });
  const asked = served.plan?.[0].endpoint ?? { provider: 'own', model };
  const whole = await openWork(options, asked, prompt, data);
  const work = served.plan === undefined ? whole : await madeBySeveral(whole, served.plan, prompt);
  const reuse = { keyOf: keyOf(work.requests), dedupe: options.dedupe };
  const stop = (): void =>
    control.stop(new AppError('interrupted', 'the signal aborted', { cause: signal?.reason }));
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const end = await joinBatch({
      ...{
        ...work.rooms,
        provider,
        billing,
        control,
        settings: options,
        clock: systemClock,
        random: Math.random,
        emit: events.emit,
      },
      ...{ reuse, endpoints: served.open?.several({ reuse }) },
      source: fromIterable(items, options),
      sink: options.ordered ? orderedSink(channel) : channel,
    });
    if (end.stoppedBy !== undefined) throw end.stoppedBy;
  } finally {
    signal?.removeEventListener('abort', stop);
    await work.close();
    await served.close();
  }
}

interface Served {
  readonly options: RunOptions;
  readonly provider: Provider;
  readonly model: string;
  readonly billing: Billing;
  /** Both missing for a provider of the caller's own. */
  readonly plan?: EndpointPlan;
  readonly open?: OpenEndpoints;
  close(): Promise<void>;
}

async function adapt(own: OwnProvider, options: RunOptions): Promise<Served> {
  if (options.endpoint !== undefined || options.fallbackModel !== undefined) {
    throw new AppError(
      'usage',
      'a provider that is an object serves alone: leave endpoints and fallbackModel out',
    );
  }
  const model = options.model ?? own.name;
  const provider = adaptOwn(own);
  const billing = await openBilling(options, { provider: 'own', model });
  return { options, provider, model, billing, close: () => provider.close() };
}

async function builtIn(given: RunOptions, apiKey: string | undefined): Promise<Served> {
  const env = apiKey === undefined ? process.env : { ...process.env, GISTMILL_API_KEY: apiKey };
  const plan = planEndpoints(given, env, process.cwd());
  const [{ options, endpoint }] = plan;
  const billings = await openBillings(plan);
  const open = await openEndpoints(plan, billings, env);
  const { provider, close } = open;
  return { options, provider, model: endpoint.model, billing: billings[0], plan, open, close };
}
