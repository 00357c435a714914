import type { Readable, Writable } from 'node:stream';

export type Interrupt = 'SIGINT' | 'SIGTERM' | 'SIGHUP';
export type InputStream = Readable & { readonly isTTY?: boolean };
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** What a command sees of the process; only `main.ts` makes a real one. */
export interface Io {
  /** Opened when first asked for, so that a run that reads files leaves it alone. */
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Such as `v20.19.0`. */
  readonly nodeVersion: string;
  readonly signals: {
    /** While anyone listens, these signals do not end the process. Returns what ends the listening. */
    onInterrupt(listener: (signal: Interrupt) => void): () => void;
  };
  /** What a lock tells of its holder. */
  readonly ownProcess: {
    readonly pid: number;
    /** Whether a process with this number lives here. */
    isAlive(pid: number): boolean;
  };
  /** Ends the process at once, for a second signal. */
  exit(code: number): never;
}
