import { AppError } from '../../../src/core/errors.ts';
import type { InputRow, Source } from '../../../src/core/record.ts';
import type { CompletionRequest, Prompt } from '../../../src/core/request.ts';

export function goodRow(index: number, text = `text ${index}`): InputRow {
  const at = { file: 'in.jsonl', line: index + 1 };
  return { ok: true, record: { id: `r${index}`, index, text, fields: { text }, at } };
}

export function brokenRow(index: number): InputRow {
  const error = new AppError('invalid_json', 'not JSON');
  return { ok: false, broken: { id: `r${index}`, index, at: { file: 'in.jsonl', line: index + 1 }, error } };
}

export function goodRows(count: number): InputRow[] {
  return Array.from({ length: count }, (_, index) => goodRow(index));
}

export interface ArraySourceOptions {
  /** Reading ends by throwing this. */
  readonly failure?: unknown;
  /** Does not listen to its signal. */
  readonly deaf?: boolean;
}

/** Yields the rows of an array and counts how many were taken. */
export class ArraySource implements Source {
  readonly #rows: readonly InputRow[];
  readonly #options: ArraySourceOptions;
  taken = 0;
  closed = false;

  constructor(rows: readonly InputRow[], options: ArraySourceOptions = {}) {
    this.#rows = rows;
    this.#options = options;
  }

  bytesRead(): number {
    return 0;
  }

  async *rows(signal: AbortSignal): AsyncGenerator<InputRow> {
    try {
      for (const row of this.#rows) {
        if (signal.aborted && this.#options.deaf !== true) return;
        this.taken += 1;
        yield row;
      }
      if (this.#options.failure !== undefined) throw this.#options.failure;
    } finally {
      this.closed = true;
    }
  }
}

export function requestFor(text: string, maxOutputTokens?: number): CompletionRequest {
  return {
    model: 'scripted',
    messages: [{ role: 'user', content: text }],
    params: {},
    document: { text, fields: { text } },
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  };
}

export const plainPrompt: Prompt = { render: ({ text }) => requestFor(text) };
