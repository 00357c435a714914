import type { Database, Statement } from 'better-sqlite3';
import type { AnswerStore } from '../core/answer-store.ts';
import type { AppError } from '../core/errors.ts';
import type { Completion } from '../core/request.ts';
import { sqliteCode } from './load-sqlite.ts';
import { type OpenDatabase, unusable } from './open-database.ts';

interface AnswerRow {
  readonly text: string;
  readonly finish_raw: string | null;
  readonly model: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
}

export interface AnswerCacheOptions {
  /** How long an answer is good, in ms; default: for ever. */
  readonly ttlMs?: number | undefined;
  /** Wall-clock ms. */
  readonly epochMs: () => number;
  /** Called once, when the file fails; from then on the cache holds and takes nothing. */
  readonly onTrouble: (error: AppError) => void;
}

/** Answers are written together so long after the first of them, in ms: one transaction for many. */
const GATHER_MS = 25;
/** Most in one transaction, which takes a millisecond or two: the event loop is not held up for longer. */
const MOST_AT_ONCE = 100;
/** Most that wait while another process writes; those beyond are not kept. */
const MOST_WAITING = 10_000;
/** The longest that a call waits for another process in the run, and at its end, in ms. */
const WAIT_MS = 5;
const LAST_WAIT_MS = 5000;

/** The answers in an open cache file. Other processes may use it at the same time. */
export class AnswerCache implements AnswerStore {
  readonly #db: Database;
  readonly #file: string;
  readonly #options: AnswerCacheOptions;
  readonly #find: Statement<[string, number], AnswerRow>;
  readonly #save: (answers: readonly (readonly [string, Completion])[]) => void;
  readonly #waiting = new Map<string, Completion>();
  #timer: NodeJS.Timeout | undefined;
  #failed = false;

  constructor({ db, file }: OpenDatabase, options: AnswerCacheOptions) {
    this.#db = db;
    this.#file = file;
    this.#options = options;
    this.#find = db.prepare(
      'SELECT text, finish_raw, model, input_tokens, output_tokens FROM answers WHERE key = ? AND made_ms > ?',
    );
    this.#save = saveAll(db, options.epochMs);
    db.pragma(`busy_timeout = ${WAIT_MS}`);
  }

  get(key: string): Completion | undefined {
    if (this.#failed) return undefined;
    const { ttlMs, epochMs } = this.#options;
    try {
      const row = this.#find.get(key, ttlMs === undefined ? -1 : epochMs() - ttlMs);
      return row && toCompletion(row);
    } catch (error) {
      if (!isBusy(error)) this.#fail(error);
      return undefined;
    }
  }

  put(key: string, answer: Completion): void {
    if (this.#failed || this.#waiting.size >= MOST_WAITING) return;
    this.#waiting.set(key, answer);
    this.#timer ??= setTimeout(() => this.#write(), GATHER_MS);
  }

  /** Writes what waits and closes the file. */
  close(): void {
    clearTimeout(this.#timer);
    try {
      this.#db.pragma(`busy_timeout = ${LAST_WAIT_MS}`);
      while (this.#waiting.size > 0) this.#writeSome();
    } catch (error) {
      if (!this.#failed) this.#fail(error);
    }
    this.#db.close();
  }

  #write(): void {
    this.#timer = undefined;
    try {
      this.#writeSome();
    } catch (error) {
      if (!isBusy(error)) this.#fail(error);
    }
    if (this.#waiting.size > 0) this.#timer = setTimeout(() => this.#write(), GATHER_MS);
  }

  #writeSome(): void {
    const some: [string, Completion][] = [];
    for (const entry of this.#waiting) {
      if (some.push(entry) === MOST_AT_ONCE) break;
    }
    this.#save(some);
    for (const [key] of some) this.#waiting.delete(key);
  }

  #fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#waiting.clear();
    this.#options.onTrouble(unusable(this.#file, error));
  }
}

function saveAll(
  db: Database,
  epochMs: () => number,
): (answers: readonly (readonly [string, Completion])[]) => void {
  const save = db.prepare(
    `INSERT OR REPLACE INTO answers (key, made_ms, text, finish_raw, model, input_tokens, output_tokens)
      VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  return db.transaction((answers: readonly (readonly [string, Completion])[]) => {
    for (const [key, { text, finish, model, usage }] of answers) {
      const tokens = [usage.inputTokens ?? null, usage.outputTokens ?? null];
      save.run(key, epochMs(), text, finish.raw ?? null, model ?? null, ...tokens);
    }
  }).immediate;
}

function toCompletion(row: AnswerRow): Completion {
  const { text, finish_raw: raw, model, input_tokens: inputTokens, output_tokens: outputTokens } = row;
  return {
    text,
    finish: { unified: 'stop', ...(raw !== null && { raw }) },
    usage: {
      ...(inputTokens !== null && { inputTokens }),
      ...(outputTokens !== null && { outputTokens }),
    },
    ...(model !== null && { model }),
  };
}

function isBusy(error: unknown): boolean {
  return sqliteCode(error).startsWith('SQLITE_BUSY');
}
