import type { ResultRow } from '../../src/output/row-schema.ts';
import { startScripted } from '../helpers/endpoint.ts';
import { type Ended, type RunSettings, run } from '../helpers/exec.ts';
import { sortedRows } from '../helpers/result-rows.ts';
import type { ScriptedReply, ScriptedRequest } from '../helpers/scripted-server.ts';

export interface Summarised extends Ended {
  /** In the order of the input. */
  readonly rows: readonly ResultRow[];
  readonly requests: readonly ScriptedRequest[];
  /** How often each text was asked for. */
  readonly asked: readonly number[];
  /** Connections that were opened. */
  readonly connections: number;
}

export interface SummariseSettings extends Omit<RunSettings, 'input'> {
  /** Different texts, one a record. */
  readonly texts: readonly string[];
  readonly args?: readonly string[];
}

/**
 * Runs the built package against a chat endpoint that answers each text by a function (`n` is 0 for the
 * text's first request) or by a list of replies, the last of which is repeated.
 */
export async function summarise(
  script: readonly ScriptedReply[] | ((text: string, n: number) => ScriptedReply),
  { texts, args = [], ...settings }: SummariseSettings,
): Promise<Summarised> {
  const asked = new Map(texts.map((text) => [text, 0]));
  const { server, flags } = await startScripted((text, n) => {
    asked.set(text, n + 1);
    return typeof script === 'function' ? script(text, n) : repeatLast(script, n);
  });
  const ended = await run([...flags, '--progress', 'none', ...args], { ...settings, input: toInput(texts) });
  return {
    ...ended,
    rows: sortedRows(ended.stdout),
    requests: server.requests,
    asked: [...asked.values()],
    connections: server.connections(),
  };
}

/** The list's reply to request `n`. */
export function repeatLast(replies: readonly ScriptedReply[], n: number): ScriptedReply {
  return replies[Math.min(n, replies.length - 1)] ?? {};
}

/** JSONL, so that a text may hold anything. */
export function toInput(texts: readonly string[]): string {
  return texts.map((text) => `${JSON.stringify({ text })}\n`).join('');
}

/** `count` different texts. */
export function texts(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `Text number ${i} tells of a river.`);
}

/** A failed reply in OpenAI's shape. */
export function failure(status: number, error: object = { message: 'no' }, headers = {}): ScriptedReply {
  return { status, headers, body: { error } };
}
