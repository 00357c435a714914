import type { ServerResponse } from 'node:http';
import type { Clock } from '../core/clock.ts';
import {
  ApiError,
  contextTooLong,
  modelNotFound,
  noResponseFormat,
  overloaded,
  serverError,
  tooManyInFlight,
} from './api-error.ts';
import { checkKey } from './check-key.ts';
import { type Answer, breakJson, plainBody, streamBody, toAnswer } from './completion-body.ts';
import { cutPrompt } from './cut-prompt.ts';
import { drawFault, type Fault } from './draw-fault.ts';
import { drawLatency } from './latency.ts';
import type { MockServerOptions } from './mock-server-options.ts';
import type { RateLimits } from './rate-limits.ts';
import { type ChatRequest, readChatRequest } from './read-chat-request.ts';
import { type Draw, seededDraw } from './seeded-random.ts';
import {
  JSON_TYPE,
  type Pace,
  type Reply,
  STREAM_TYPE,
  sendError,
  sendEvents,
  sendHalfAndReset,
  sendReply,
} from './send-reply.ts';
import { SharedCapacity } from './shared-capacity.ts';
import type { StatsKeeper } from './stats-keeper.ts';

export type Summarise = (text: string) => Promise<string> | string;

export interface ChatParts {
  readonly options: MockServerOptions;
  readonly limits: RateLimits;
  readonly stats: StatsKeeper;
  readonly summarise: Summarise;
  readonly clock: Clock;
}

/** One admitted request on its way to an answer. */
interface Job {
  readonly request: ChatRequest;
  readonly response: ServerResponse;
  readonly attempt: number;
  readonly draw: Draw;
  readonly fault: Fault | undefined;
  /** Monotonic ms. */
  readonly startedAt: number;
}

/** Faults of streams alone: how each ends. */
const HALF = { cutStream: 'cut', stall: 'stall' } as const;

/** `POST /v1/chat/completions`: admits, summarises, takes its time, and spoils what the seed says. */
export class ChatEndpoint {
  readonly #parts: ChatParts;
  readonly #capacity: SharedCapacity | undefined;
  #replies = 0;

  constructor(parts: ChatParts) {
    this.#parts = parts;
    const { knee } = parts.options;
    this.#capacity = knee === undefined ? undefined : new SharedCapacity(knee, parts.clock);
  }

  /** Never throws: every failure becomes a reply. */
  handle(raw: Buffer, authorization: string | undefined, response: ServerResponse): void {
    const { options, stats, clock, summarise } = this.#parts;
    const startedAt = clock.now();
    stats.arrive(startedAt);
    try {
      checkKey(options.key, authorization);
      const read = readChatRequest(raw);
      const request = options.cutPrompts ? cutPrompt(read, options.context) : read;
      if (request.schema !== undefined && !options.responseFormat) throw noResponseFormat();
      this.#admit(request, startedAt);
      const job = this.#begin(request, response, startedAt);
      if (job.fault === 'error') {
        const error = job.draw('status') < 0.5 ? serverError() : overloaded();
        this.#later(job, () => this.#refuse(error, response));
        return;
      }
      const text = summarise(request.text);
      if (typeof text === 'string') this.#answer(job, text);
      else text.then((late) => this.#answer(job, late)).catch((error) => this.#refuse(error, response));
    } catch (error) {
      this.#refuse(error, response);
    }
  }

  /** Replies with an error; what is no `ApiError` is a fault of the summariser: a 500. */
  #refuse(thrown: unknown, response: ServerResponse): void {
    const error = thrown instanceof ApiError ? thrown : serverError();
    this.#parts.stats.fail(error.status);
    if (!response.destroyed) sendError(response, error, this.#headers());
  }

  /** Charges the limits or throws. */
  #admit(request: ChatRequest, now: number): void {
    const { options, limits, stats } = this.#parts;
    const { model, promptTokens, maxTokens } = request;
    if (options.models && !options.models.includes(model)) throw modelNotFound(model);
    if (options.context !== undefined && promptTokens + (maxTokens ?? 1) > options.context) {
      throw contextTooLong(options.context, promptTokens, maxTokens);
    }
    if (options.maxInFlight !== undefined && stats.inFlight >= options.maxInFlight) {
      throw tooManyInFlight(model, options.maxInFlight);
    }
    stats.charge(now, limits.admit(model, request));
  }

  #begin(request: ChatRequest, response: ServerResponse, startedAt: number): Job {
    const { options, stats, clock } = this.#parts;
    const attempt = stats.enter(request.key);
    response.once('close', () => stats.leave(clock.now()));
    const draw = seededDraw(options.seed, request.key, attempt);
    const drawn = drawFault(options, draw);
    const fault = drawn !== undefined && drawn in HALF && !request.stream ? undefined : drawn;
    return { request, response, attempt, draw, fault, startedAt };
  }

  #answer(job: Job, text: string): void {
    const { options, limits, stats, clock } = this.#parts;
    const { request, response, fault } = job;
    const asked = fault === 'prose' ? { ...request, schema: undefined } : request;
    const answer = toAnswer(fault === 'empty' ? '' : text, asked, options.context);
    stats.charge(clock.now(), limits.answered(request, answer.completionTokens));
    const paidTwice = stats.pay(request.key, request.promptTokens, answer.completionTokens);
    if (fault !== undefined && fault !== 'error') stats.spoil(request.key, fault);
    else this.#watchDelivery(job, paidTwice);
    if (fault === 'hang') return;
    this.#later(job, () => {
      const reply = this.#reply(job, answer);
      const pace = this.#paceOf(job);
      if (fault === 'reset') sendHalfAndReset(response, reply);
      else if (pace !== undefined) sendEvents(response, reply, pace);
      else sendReply(response, reply);
    });
  }

  /** Undefined where the reply goes out at once and whole. */
  #paceOf({ request, fault, draw }: Job): Pace | undefined {
    const { options, clock } = this.#parts;
    const gapMs = drawLatency(options.tokenLatency, (of) =>
      draw(of === 'spread' ? 'tokenSpread' : 'tokenLatency'),
    );
    const half = fault === 'cutStream' || fault === 'stall' ? HALF[fault] : undefined;
    return request.stream && (gapMs > 0 || half !== undefined) ? { clock, gapMs, half } : undefined;
  }

  #watchDelivery({ request, response }: Job, paidTwice: boolean): void {
    const { stats } = this.#parts;
    const settle = (): void => {
      if (response.writableFinished) stats.deliver(request.key, paidTwice);
      else stats.abandon(request.key);
    };
    if (response.destroyed) settle();
    else response.once('close', settle);
  }

  /** Runs `send` when the latency is over (later beyond the knee), unless the client has gone by then. */
  #later({ draw, response, startedAt }: Job, send: () => void): void {
    const { options, clock } = this.#parts;
    const ms = drawLatency(options.latency, draw) - (clock.now() - startedAt);
    if (response.destroyed) return;
    if (ms <= 0) {
      send();
      return;
    }
    const cancel = this.#capacity?.run(ms, send) ?? clock.timer(ms, send);
    response.once('close', cancel);
  }

  #reply({ request, attempt, fault, startedAt }: Job, answer: Answer): Reply {
    const { clock } = this.#parts;
    const id = `chatcmpl-${request.key.toString(36)}-${attempt}`;
    const created = Math.floor(clock.epochMs() / 1000);
    const write = request.stream ? streamBody : plainBody;
    const body = write(request, answer, id, created);
    return {
      status: 200,
      type: request.stream ? STREAM_TYPE : JSON_TYPE,
      headers: ['openai-processing-ms', String(Math.round(clock.now() - startedAt)), ...this.#headers()],
      body: fault === 'brokenJson' ? breakJson(body, request.stream) : body,
    };
  }

  #headers(): string[] {
    this.#replies += 1;
    return [
      'x-request-id',
      `req_${this.#replies.toString(16).padStart(12, '0')}`,
      ...this.#parts.limits.headers(),
    ];
  }
}
