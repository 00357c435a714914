import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isJsonObject } from '../core/json.ts';

/** What the journal sees of the process it runs in. */
export interface OwnProcess {
  readonly pid: number;
  /** Whether a process with this number lives here. */
  isAlive(pid: number): boolean;
}

/** Who holds a lock: enough to tell it from another process that got the same number later, or elsewhere. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Wall-clock time, ISO 8601. */
  readonly since: string;
  /** Unlike that of any other lock. */
  readonly token: string;
  /** Linux: of this start of the machine, of the process's own numbering, and of the process. */
  readonly boot?: string | undefined;
  readonly numbering?: string | undefined;
  readonly start?: string | undefined;
}

export function describeSelf({ pid }: OwnProcess): Holder {
  return {
    pid,
    host: hostname(),
    since: new Date().toISOString(),
    token: crypto.randomUUID(),
    boot: attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    numbering: attempt(() => readlinkSync('/proc/self/ns/pid')),
    start: processStart(pid),
  };
}

export function parseHolder(text: string): Holder | undefined {
  const value = attempt((): unknown => JSON.parse(text));
  if (!isJsonObject(value)) return undefined;
  const { pid, host, since, token } = value;
  const isWhole = typeof pid === 'number' && [host, since, token].every((part) => typeof part === 'string');
  return isWhole ? (value as unknown as Holder) : undefined;
}

/** Whether the holder lives; undefined where that cannot be told from here: another machine, another container. */
export function isAlive(holder: Holder, self: Holder, own: OwnProcess): boolean | undefined {
  if (holder.host !== self.host) return undefined;
  if (holder.boot !== self.boot) return false;
  if (holder.numbering !== self.numbering) return undefined;
  if (holder.start === undefined || self.start === undefined) return own.isAlive(holder.pid);
  return processStart(holder.pid) === holder.start;
}

/**
 * When a process began, in clock ticks since the machine did: field 22 of /proc/PID/stat (proc(5)). Undefined for
 * one that does not exist, or exists only until its parent takes note of its end, and where there is no /proc.
 */
function processStart(pid: number): string | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  // The name of the command, in brackets, may hold spaces and brackets itself.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' || fields?.[0] === 'X' ? undefined : fields?.[19];
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
