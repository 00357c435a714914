/** How a check went. `note` is worth knowing, `warning` worth looking at, `skipped` was not tried. */
export type Status = 'ok' | 'note' | 'warning' | 'failed' | 'skipped';

/** One thing that was looked at. */
export interface Check {
  /** What was looked at; stable. */
  readonly name: CheckName;
  readonly status: Status;
  /** One line, without secrets. */
  readonly text: string;
  /** What can be done about it, one line. */
  readonly hint?: string;
  /** With `failed`: 2 where the configuration is at fault, 3 where the endpoint refuses or is not reached. */
  readonly exitCode?: number;
}

export type CheckName =
  | 'node'
  | 'sqlite'
  | 'configuration'
  | 'key'
  | 'proxy'
  | 'dns'
  | 'connection'
  | 'models'
  | 'model'
  | 'request'
  | 'limits';

/** One option that is set, or that the program has settled itself. */
export interface Setting {
  readonly name: string;
  readonly value: string;
  /** `--model`, `GISTMILL_MODEL in .env`, `gistmill.config.json, model`, `default`. */
  readonly from: string;
}

export interface Diagnosis {
  readonly settings: readonly Setting[];
  readonly checks: readonly Check[];
  /** 0 all is well, 1 something is worth looking at, 2 the configuration is at fault, 3 the endpoint. */
  readonly exitCode: number;
}

export function ok(name: CheckName, text: string): Check {
  return { name, status: 'ok', text };
}

export function skipped(name: CheckName, text: string): Check {
  return { name, status: 'skipped', text };
}
