import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { Clock } from '../core/clock.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { LimitUse, LimitUseStore, Taken } from '../core/limit-use.ts';
import type { LimitHint } from '../core/request.ts';

/** Whose limits they are: another model, or another endpoint, has others. */
export interface LimitOwner {
  readonly endpoint: string;
  readonly model: string;
}

export interface LimitUseFileOptions {
  readonly path: string;
  readonly owner: LimitOwner;
  readonly clock: Clock;
}

type Entry = LimitOwner & LimitUse;

/** So often what has changed is written: what a run takes within it does not count after `kill -9`. */
const WRITE_EVERY_MS = 2000;
/** A time stands for all that was taken within a six-hundredth of the window. */
const KEPT_WINDOWS = 1.01;
const VERSION = 1;
const UNITS: ReadonlySet<string> = new Set<LimitHint['unit']>([
  'requests',
  'tokens',
  'inputTokens',
  'outputTokens',
]);

/** What was taken from limits, in a small file beside the results. For the holder of their lock. */
export class LimitUseFile implements LimitUseStore {
  readonly #options: LimitUseFileOptions;
  readonly earlier: readonly LimitUse[];
  readonly #found: readonly Entry[];
  #written: string;
  /** What this run takes, by whose limits they are. */
  readonly #uses = new Map<LimitOwner, () => readonly LimitUse[]>();
  #cancelTimer: () => void = () => {};
  /** The write that is under way. */
  #writing: Promise<void> | undefined;
  #hasFailed = false;
  #troubles: string[] = [];
  #listener: ((text: string) => void) | undefined;

  private constructor(options: LimitUseFileOptions, found: readonly Entry[], text: string | undefined) {
    this.#options = options;
    this.#found = found;
    this.earlier = this.#earlierOf(options.owner);
    this.#written = text ?? this.#render();
  }

  /** Reads what earlier runs have left. What nobody can read counts as nothing, and is told of. */
  static async open(options: LimitUseFileOptions): Promise<LimitUseFile> {
    const text = await readFile(options.path, 'utf8').catch((cause: NodeJS.ErrnoException) =>
      cause.code === 'ENOENT' ? undefined : '',
    );
    const found = text === undefined ? undefined : parse(text);
    const file = new LimitUseFile(options, found ?? [], found && text);
    if (text !== undefined && found === undefined) {
      file.#tell(`${options.path} cannot be read: earlier runs do not count against the limits by the day`);
    }
    return file;
  }

  /** Calls `listener` with what is wrong with the file, now or later. */
  onTrouble(listener: (text: string) => void): void {
    this.#listener = listener;
    for (const text of this.#troubles.splice(0)) listener(text);
  }

  follow(uses: () => readonly LimitUse[]): void {
    this.#follow(this.#options.owner, uses);
  }

  /** What was taken from the limits of one of several endpoints. The file itself is what is to be closed. */
  of(owner: LimitOwner): LimitUseStore {
    return {
      earlier: this.#earlierOf(owner),
      follow: (uses) => this.#follow(owner, uses),
      close: async () => {},
    };
  }

  async close(): Promise<void> {
    this.#cancelTimer();
    await this.#writing;
    await this.#write();
  }

  #follow(owner: LimitOwner, uses: () => readonly LimitUse[]): void {
    if (this.#uses.size === 0) this.#arm();
    this.#uses.set(owner, uses);
  }

  #earlierOf(owner: LimitOwner): readonly LimitUse[] {
    return this.#found.filter((entry) => isOf(owner, entry));
  }

  #arm(): void {
    this.#cancelTimer = this.#options.clock.timer(WRITE_EVERY_MS, () => {
      this.#writing ??= this.#write().finally(() => {
        this.#writing = undefined;
      });
      this.#arm();
    });
  }

  async #write(): Promise<void> {
    const text = this.#render();
    if (text === this.#written) return;
    const { path } = this.#options;
    const temporary = `${path}.tmp`;
    try {
      await writeFile(temporary, text);
      await rename(temporary, path);
      this.#written = text;
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => {});
      if (this.#hasFailed) return;
      this.#hasFailed = true;
      const why = cause instanceof Error ? cause.message : String(cause);
      this.#tell(`what this run takes from the limits by the day may not count in the next one: ${why}`);
    }
  }

  /** What is known of the limits of others stays as it was found. */
  #render(): string {
    const own = [...this.#uses].flatMap(([owner, uses]) => uses().map((use) => ({ ...owner, ...use })));
    const kept = this.#found.filter((use) => !own.some((other) => isOf(other, use) && isSame(other, use)));
    const now = this.#options.clock.epochMs();
    const used = [...kept, ...own]
      .map((use) => ({ ...use, taken: use.taken.filter(([at]) => at > now - KEPT_WINDOWS * use.windowMs) }))
      .filter(({ taken }) => taken.length > 0)
      .map(({ endpoint, model, unit, windowMs, taken }) => ({
        ...{ endpoint, model, unit, window_ms: windowMs, taken },
      }));
    return `${JSON.stringify({ gistmill: 'limits', version: VERSION, used })}\n`;
  }

  #tell(text: string): void {
    if (this.#listener === undefined) this.#troubles.push(text);
    else this.#listener(text);
  }
}

function isOf(owner: LimitOwner, entry: LimitOwner): boolean {
  return entry.endpoint === owner.endpoint && entry.model === owner.model;
}

function isSame(one: LimitUse, other: LimitUse): boolean {
  return one.unit === other.unit && one.windowMs === other.windowMs;
}

/** Undefined where any of it is not what a run writes. */
function parse(text: string): Entry[] | undefined {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(content) || content.gistmill !== 'limits' || content.version !== VERSION)
    return undefined;
  if (!Array.isArray(content.used)) return undefined;
  const entries = content.used.map(toEntry);
  return entries.every((entry) => entry !== undefined) ? entries : undefined;
}

function toEntry(value: unknown): Entry | undefined {
  if (!isJsonObject(value)) return undefined;
  const { endpoint, model, unit, window_ms: windowMs, taken } = value as JsonObject;
  if (typeof endpoint !== 'string' || typeof model !== 'string' || !isUnit(unit)) return undefined;
  if (typeof windowMs !== 'number' || !(windowMs > 0) || !Array.isArray(taken)) return undefined;
  return taken.every(isTaken) ? { endpoint, model, unit, windowMs, taken } : undefined;
}

function isUnit(value: unknown): value is LimitHint['unit'] {
  return typeof value === 'string' && UNITS.has(value);
}

function isTaken(value: unknown): value is Taken {
  return (
    Array.isArray(value) && value.length === 2 && value.every((each) => typeof each === 'number' && each > 0)
  );
}
