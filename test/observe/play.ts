import { AppError, ProviderError } from '../../src/core/errors.ts';
import type { Bottleneck, Events } from '../../src/core/events.ts';
import type { ErrorCode } from '../../src/core/failures.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import type { BrokenRecord, InputRecord } from '../../src/core/record.ts';
import type { Usage } from '../../src/core/request.ts';
import type { VirtualClock } from '../helpers/virtual-clock.ts';

/** Emits what an engine would emit, in an engine's order. */
export class Play {
  readonly #events: Events;
  readonly #clock: VirtualClock;

  constructor(events: Events, clock: VirtualClock) {
    this.#events = events;
    this.#clock = clock;
  }

  start(): void {
    this.#events.emit('start', { at: this.#clock.now() });
  }

  read(id: string): void {
    this.#events.emit('record', { id, index: 0 });
  }

  wait(id: string): void {
    this.#events.emit('waiting', { id });
  }

  send(id: string, number = 1): void {
    this.#events.emit('attempt', { id, number, at: this.#clock.now() });
  }

  answer(id: string, ms: number, usage: Usage = {}, number = 1, costUsd?: number): void {
    const cost = costUsd === undefined ? {} : { costUsd };
    this.#events.emit('attemptEnd', { id, number, at: this.#clock.now(), ms, usage, ...cost });
  }

  fault(id: string, code: ErrorCode, ms: number, number = 1): void {
    const error = new ProviderError(code, `${code} happened`);
    this.#events.emit('attemptEnd', { id, number, at: this.#clock.now(), ms, usage: {}, error });
  }

  retry(id: string, code: ErrorCode, delayMs: number, attempt = 1): void {
    this.#events.emit('retry', { id, attempt, delayMs, error: new ProviderError(code, `${code} happened`) });
  }

  pause(ms: number, code: ErrorCode = 'rate_limited'): void {
    const at = this.#clock.now();
    this.#events.emit('pause', { at, untilMs: at + ms, reason: new ProviderError(code, 'slow down') });
  }

  ok(id: string, latencyMs: number, finish: 'stop' | 'length' = 'stop', warnings: string[] = []): void {
    this.outcome({
      ok: true,
      record: inputRecord(id),
      answer: { text: 'short', finish: { unified: finish }, usage: {}, warnings },
      effort: { attempts: 1, latencyMs, usage: {} },
    });
  }

  failed(id: string, error: AppError): void {
    this.outcome({
      ok: false,
      record: inputRecord(id),
      error,
      effort: { attempts: 1, latencyMs: 5, usage: {} },
    });
  }

  broken(id: string, code: ErrorCode): void {
    const error = new AppError(code, `${code} happened`);
    const record: BrokenRecord = { id, index: 0, at: { file: 'in.jsonl', line: 7 }, error };
    this.outcome({ ok: false, record, error, effort: { attempts: 0, latencyMs: 0, usage: {} } });
  }

  /** A whole record that ends well. */
  async whole(id: string, ms: number, usage: Usage = {}, costUsd?: number): Promise<void> {
    this.read(id);
    this.wait(id);
    this.send(id);
    await this.#clock.advance(ms);
    this.answer(id, ms, usage, 1, costUsd);
    this.ok(id, ms);
  }

  limitedBy(by: Bottleneck): void {
    this.#events.emit('bottleneck', { by });
  }

  outcome(outcome: Outcome): void {
    this.#events.emit('outcome', outcome);
  }

  stop(reason: AppError): void {
    this.#events.emit('stopping', { reason });
  }

  end(): void {
    this.#events.emit('end', { at: this.#clock.now() });
  }
}

function inputRecord(id: string): InputRecord {
  return { id, index: 0, text: 'long', fields: {}, at: { file: 'in.jsonl', line: 3 } };
}
