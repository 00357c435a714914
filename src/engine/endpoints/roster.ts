import { type AppError, ProviderError } from '../../core/errors.ts';
import type { Emit } from '../../core/events.ts';
import type { ErrorCode } from '../../core/failures.ts';
import type { RunControl } from '../run-control.ts';
import type { Member } from './member.ts';

/** From the very start these are mistakes to mend: nobody wants a whole job done by the fallback for a typing error. */
const MISTAKES: ReadonlySet<ErrorCode> = new Set(['wrong_key', 'model_not_found', 'wrong_url']);

/** Those that share the work, and those that are asked where these refuse or are gone. */
export interface Groups {
  readonly main: readonly Member[];
  readonly fallback: readonly Member[];
}

/** Keeps the list of the endpoints that go on; the run stops when the last of them is gone. */
export class Roster {
  readonly #control: RunControl;
  readonly #emit: Emit;
  readonly #losses = new WeakSet<object>();
  #groups: Groups = { main: [], fallback: [] };

  constructor(control: RunControl, emit: Emit) {
    this.#control = control;
    this.#emit = emit;
  }

  enrol(groups: Groups): void {
    this.#groups = groups;
  }

  /** Whether this says that an endpoint is gone, rather than anything of the request. */
  isLoss(error: unknown): boolean {
    return typeof error === 'object' && error !== null && this.#losses.has(error);
  }

  /**
   * An endpoint fails in a way that concerns all its requests. Returns why it is out for the rest of the run; undefined
   * where it is down, which may pass.
   */
  lost(member: Member, reason: AppError): AppError | undefined {
    const { main, fallback } = this.#groups;
    const isMain = main.includes(member);
    const alive = (members: readonly Member[]): number =>
      members.filter((other) => other !== member && other.isAlive).length;
    const left = alive(isMain ? main : fallback);
    const others = alive(isMain ? fallback : main);
    const error = this.#named(member, reason);
    if (left + others === 0 || (isMain && left === 0 && this.#isMistake(reason))) {
      this.#control.stop(error);
      return error;
    }
    const isDown = reason.code === 'endpoint_down';
    const tell = (state: 'out' | 'down' | 'back'): void => {
      const endpoint = member.name;
      const why = state === 'back' ? {} : { reason: error };
      this.#emit('endpointState', { endpoint, state, ...why, left, fallback: isMain && others > 0 });
    };
    if (!isDown) tell('out');
    else if (!member.isDown) {
      member.down(error, () => tell('back'));
      tell('down');
    }
    return isDown ? undefined : error;
  }

  #isMistake({ code }: AppError): boolean {
    return MISTAKES.has(code) && !this.#groups.main.some(({ everAnswered }) => everAnswered);
  }

  #named({ name }: Member, reason: AppError): ProviderError {
    const { code, message, hint } = reason;
    const status = reason instanceof ProviderError ? reason.status : undefined;
    const error = new ProviderError(code, `endpoint ${name}: ${message}`, { hint, status, cause: reason });
    this.#losses.add(error);
    return error;
  }
}
