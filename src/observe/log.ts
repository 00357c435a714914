import type { Clock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { Redact } from './redact.ts';
import type { StderrWriter } from './stderr.ts';

export type LineLevel = 'error' | 'warn' | 'info' | 'debug' | 'trace';
export type LogLevel = LineLevel | 'silent';

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  /** Whether a line of this level is written at all. */
  enabled(level: LineLevel): boolean;
  write(level: LineLevel, message: string, fields?: LogFields): void;
  close(): void;
}

export interface LogParts {
  readonly level: LogLevel;
  /** JSON lines are appended to this file; without it the log goes to stderr. */
  readonly file?: string | undefined;
  /** How lines look on stderr; `text` unless told. */
  readonly stderrFormat?: 'text' | 'json';
  readonly stderr: StderrWriter;
  readonly clock: Clock;
  readonly redact: Redact;
}

/** Fields that could hold a key, wherever a line has them. */
const SECRET_FIELDS = ['authorization', 'Authorization', 'apiKey', 'api_key', '["x-api-key"]', '["api-key"]'];

/** A log whose file cannot be written keeps no more than this for a later try, in bytes. */
const MOST_KEPT = 1024 * 1024;

interface Destination {
  write(line: string): void;
  close(): void;
}

/**
 * Opens the log. A line for a file is in it before the call returns, so the last one is never lost.
 * Throws `usage` where the file cannot be opened.
 */
export async function createLog(parts: LogParts): Promise<Log> {
  if (parts.level === 'silent' && parts.file === undefined) {
    return { enabled: () => false, write: () => {}, close: () => {} };
  }
  const { pino } = await import('pino');
  const destination =
    parts.file === undefined ? toStderr(parts) : toFile(pino.destination, parts, parts.file);
  const logger = pino(
    {
      level: parts.level,
      base: null,
      timestamp: () => `,"time":"${new Date(parts.clock.epochMs()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: [...SECRET_FIELDS, ...SECRET_FIELDS.map(oneDeeper)], censor: '***' },
    },
    destination,
  );
  return {
    enabled: (level) => logger.isLevelEnabled(level),
    write: (level, message, fields = {}) => logger[level](fields, message),
    close: () => destination.close(),
  };
}

function oneDeeper(field: string): string {
  return field.startsWith('[') ? `*${field}` : `*.${field}`;
}

function toStderr({ stderr, stderrFormat }: LogParts): Destination {
  const shape = stderrFormat === 'json' ? (line: string) => line.trimEnd() : readable;
  return { write: (line) => stderr.line(shape(line)), close: () => {} };
}

function toFile(
  open: typeof import('pino').pino.destination,
  { stderr, redact }: LogParts,
  file: string,
): Destination {
  let stream: ReturnType<typeof open>;
  try {
    stream = open({ dest: file, sync: true, maxLength: MOST_KEPT });
  } catch (error) {
    throw new AppError('usage', `--log-file: ${(error as Error).message}`, { cause: error });
  }
  let reported = false;
  stream.on('error', (error: Error) => {
    if (!reported) stderr.line(`warn: --log-file: ${error.message}`);
    reported = true;
  });
  return { write: (line) => stream.write(redact(line)), close: () => stream.end() };
}

/** A line of pino as one for people: `warn: message (id=…, code=…)`, and a hint on a line of its own. */
function readable(line: string): string {
  const { level, time: _time, msg, hint, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const details = Object.entries(fields).map(([name, value]) => `${name}=${oneLine(String(value))}`);
  const tail = details.length === 0 ? '' : ` (${details.join(', ')})`;
  return `${level}: ${oneLine(String(msg))}${tail}${hint === undefined ? '' : `\nhint: ${hint}`}`;
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ');
}
