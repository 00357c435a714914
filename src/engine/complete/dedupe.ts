import { AppError } from '../../core/errors.ts';
import type { Emit } from '../../core/events.ts';
import type { Completion, CompletionRequest } from '../../core/request.ts';
import { AnswerMemory } from './answer-memory.ts';
import type { Call, Complete } from './complete.ts';
import type { KeyOf } from './request-key.ts';

export interface DedupeParts {
  readonly keyOf: KeyOf;
  readonly emit: Emit;
  /** Bytes of answers that are remembered. */
  readonly memoryBytes?: number | undefined;
}

/**
 * Some 2,500 answers of 100 words each. V8 lets garbage grow to several times of what is alive before it
 * collects: each MiB kept here takes about five in the process.
 */
const MEMORY_BYTES = 4 * 1024 * 1024;

/**
 * Sends identical requests once. Those that come while the first is open wait for its answer; those that come
 * later get it from a bounded memory. A failure is shared by all that wait, for they would have fared alike,
 * and so is the reason of a stop; it is not remembered. Only where the first ran out of its own record's time
 * do the others go on without it: one of them asks anew.
 */
export function dedupe(next: Complete, parts: DedupeParts): Complete {
  const { keyOf, emit, memoryBytes = MEMORY_BYTES } = parts;
  const memory = new AnswerMemory(memoryBytes);
  const flights = new Map<string, Flight>();
  const lead = async (key: string, request: CompletionRequest, call: Call): Promise<Completion> => {
    const flight = new Flight();
    flights.set(key, flight);
    const onSend = (endpoint?: string): void => {
      flight.send();
      call.onSend?.(endpoint);
    };
    try {
      const answer = await next(request, { ...call, onSend });
      memory.put(key, answer);
      flights.delete(key);
      flight.land({ ...answer, from: 'memory' });
      return answer;
    } catch (error) {
      flights.delete(key);
      flight.fail(error);
      throw error;
    }
  };
  return async (request, call) => {
    const key = keyOf(request);
    for (;;) {
      const flight = flights.get(key);
      // Without a flight nothing is waited for: another that asks the same in this turn has to find the one begun here.
      const known = flight === undefined ? memory.get(key) : await flight.wait(call);
      if (known !== undefined) {
        emit('saved', { id: call.id, from: 'memory' });
        return known;
      }
      if (flight === undefined) return lead(key, request, call);
    }
  };
}

interface Waiter {
  readonly call: Call;
  resolve(answer: Completion | undefined): void;
  reject(error: unknown): void;
}

/** A request that is open, and those who wait for its answer. */
class Flight {
  readonly #waiters = new Set<Waiter>();
  #sent = false;

  /** Undefined where the one who asks it has run out of its own time. Rejects with its other errors. */
  wait(call: Call): Promise<Completion | undefined> {
    return new Promise((resolve, reject) => {
      let offPass: (() => void) | undefined;
      const end = (): void => {
        offPass?.();
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        call,
        resolve: (answer) => {
          end();
          resolve(answer);
        },
        reject: (error) => {
          end();
          reject(error);
        },
      };
      this.#waiters.add(waiter);
      if (this.#sent) call.deadline?.begin();
      offPass = call.deadline?.onPass((reason) => waiter.reject(reason));
    });
  }

  /** The request is sent: from now on the time of the records that wait for it runs too. */
  send(): void {
    if (this.#sent) return;
    this.#sent = true;
    for (const { call } of this.#waiters) call.deadline?.begin();
  }

  land(answer: Completion): void {
    for (const waiter of [...this.#waiters]) waiter.resolve(answer);
  }

  fail(error: unknown): void {
    const outOfTime = error instanceof AppError && error.code === 'record_deadline';
    for (const waiter of [...this.#waiters]) {
      if (outOfTime) waiter.resolve(undefined);
      else waiter.reject(error);
    }
  }
}
