import { AppError } from '../core/errors.ts';
import { describeSelf, type Holder, isAlive, type OwnProcess } from './holder.ts';
import { type FoundLock, isHeldBy, makeLock, readLock, remove, replaceLock, signLock } from './lock-file.ts';

/** So often a holder shows that it lives. */
const SIGN_EVERY_MS = 10_000;
/** Without a sign for so long, a holder that cannot be looked for from here counts as gone. */
const GONE_AFTER_MS = 60_000;
/** What takes microseconds was never finished if it is older than this. */
const UNFINISHED_MS = 10_000;
const MOST_TRIES = 50;
const BETWEEN_TRIES_MS = 10;

export interface Lock {
  /** Calls back once if the lock is lost, as it may be where this process slept for a minute. */
  onLost(listener: (error: AppError) => void): void;
  release(): void;
}

/**
 * Takes the lock of a file, called `name` in messages, at once or not at all: throws `output_locked`, naming the
 * holder, while another process has it. That of a dead process is taken over. Throws what the file system says where
 * no lock can be made.
 */
export function takeLock(file: string, own: OwnProcess, name = file): Lock {
  const path = `${file}.lock`;
  const self = describeSelf(own);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const found = makeLock(path, self);
    if (found !== undefined) {
      if (!isGone(found, self, own)) throw lockedError(name, found);
      replaceLock(path, found, self, UNFINISHED_MS);
    }
    if (isHeldBy(path, self)) return new HeldLock(name, path, self);
    // Another process is at it too.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BETWEEN_TRIES_MS);
  }
  throw new AppError('output_locked', `${name}: other runs keep taking its lock`);
}

export interface LockState {
  /** Undefined where the lock does not tell, as in the moment of its making. */
  readonly holder: Holder | undefined;
  /** Whether the holder has died and left its lock behind. */
  readonly isGone: boolean;
}

/** Who holds the lock of a file, without touching it; signs of life are judged by the clock of this machine. */
export function lookAtLock(file: string, own: OwnProcess): LockState | undefined {
  const found = readLock(`${file}.lock`);
  if (found === undefined) return undefined;
  return {
    holder: found.holder,
    isGone: isGone({ ...found, nowMs: Date.now() }, describeSelf(own), own),
  };
}

function isGone({ holder, signMs, nowMs }: FoundLock, self: Holder, own: OwnProcess): boolean {
  if (holder === undefined) return nowMs - signMs > UNFINISHED_MS;
  return !(isAlive(holder, self, own) ?? nowMs - signMs <= GONE_AFTER_MS);
}

function lockedError(name: string, { holder, signMs, nowMs }: FoundLock): AppError {
  if (holder === undefined) return new AppError('output_locked', `${name}: another run is just beginning`);
  const who = `process ${holder.pid} on ${holder.host}, since ${holder.since}`;
  const sign = `its last sign of life is ${Math.round(Math.max(0, nowMs - signMs) / 1000)} s old`;
  return new AppError('output_locked', `${name}: another run is writing to it: ${who}`, {
    hint: `wait for its end, or name another file; ${sign}`,
  });
}

class HeldLock implements Lock {
  readonly #path: string;
  readonly #self: Holder;
  readonly #timer: NodeJS.Timeout;
  #listener: (error: AppError) => void = () => {};

  constructor(name: string, path: string, self: Holder) {
    this.#path = path;
    this.#self = self;
    this.#timer = setInterval(() => this.#sign(name), SIGN_EVERY_MS);
    this.#timer.unref();
  }

  onLost(listener: (error: AppError) => void): void {
    this.#listener = listener;
  }

  release(): void {
    clearInterval(this.#timer);
    if (isHeldBy(this.#path, this.#self)) remove(this.#path);
  }

  #sign(name: string): void {
    try {
      if (signLock(this.#path, this.#self)) return;
    } catch {
      // A folder that cannot be reached for a while; the next time will tell.
      return;
    }
    clearInterval(this.#timer);
    this.#listener(new AppError('output_locked', `${name}: another run has taken its lock away`));
  }
}
