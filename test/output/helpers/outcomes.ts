import { AppError, ProviderError } from '../../../src/core/errors.ts';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import type { Outcome } from '../../../src/core/outcome.ts';

interface OkFacts {
  readonly id?: string;
  readonly text?: string;
  readonly fields?: JsonObject;
  readonly finish?: 'stop' | 'length';
  readonly data?: Json;
  readonly warnings?: readonly string[];
}

export function okOutcome(index: number, facts: OkFacts = {}): Outcome {
  const at = { file: 'articles.jsonl', line: index + 1 };
  const id = facts.id ?? `a-${index}`;
  const fields = facts.fields ?? { text: 'The harbour froze over.' };
  return {
    ok: true,
    record: { id, index, text: 'The harbour froze over.', fields, at },
    answer: {
      text: facts.text ?? `Summary of record ${index}.`,
      finish: { unified: facts.finish ?? 'stop', raw: facts.finish ?? 'stop' },
      usage: { inputTokens: 52, outputTokens: 17 },
      model: 'my-model',
      ...(facts.data !== undefined && { data: facts.data }),
      ...(facts.warnings !== undefined && { warnings: facts.warnings }),
    },
    effort: { attempts: 1, latencyMs: 412.7, usage: { inputTokens: 52, outputTokens: 17 } },
  };
}

/** A record that the endpoint failed on, after some attempts. */
export function failedOutcome(index: number, message = 'HTTP 503: try again later'): Outcome {
  const at = { file: 'articles.jsonl', line: index + 1 };
  return {
    ok: false,
    record: { id: `a-${index}`, index, text: 'A text.', fields: { text: 'A text.' }, at },
    error: new ProviderError('server_error', message, { status: 503 }),
    effort: { attempts: 6, latencyMs: 8120.2, usage: {} },
  };
}

/** A line of the input that was no record at all. */
export function brokenOutcome(index: number): Outcome {
  const at = { file: 'articles.jsonl', line: index + 1 };
  const error = new AppError('invalid_json', 'not valid JSON: Unexpected end of JSON input');
  return {
    ok: false,
    record: { id: `articles.jsonl:${index + 1}`, index, at, error },
    error,
    effort: { attempts: 0, latencyMs: 0, usage: {} },
  };
}
