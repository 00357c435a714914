import { fieldReader } from '../core/field-path.ts';
import type { JsonObject } from '../core/json.ts';
import type { InputRow, Source } from '../core/record.ts';
import { extractiveness } from './extractiveness.ts';
import { Report } from './report.ts';
import { rouge } from './rouge.ts';
import { tokensOf } from './tokens.ts';

export interface EvaluateParts {
  /** The results, read as records whose text is the summary. */
  readonly results: Source;
  /** What they are of; without it, the fields that `--keep` has copied into them count. */
  readonly input?: Source | undefined;
  /** Field of an input record that holds the reference, and the one that holds the text. Dotted paths. */
  readonly referenceField?: string | undefined;
  readonly textField: string;
}

/** A summary that waits for its record. */
interface Waiting {
  readonly line: number | undefined;
  readonly summary: string;
}

/**
 * Measures the summaries of a file of results. Without `input` row by row, in flat memory; with it all summaries are
 * held until their records come.
 */
export async function evaluate(parts: EvaluateParts): Promise<Report> {
  const report = new Report();
  const measure = measureWith(parts, report);
  if (parts.input === undefined) {
    const reference =
      parts.referenceField === undefined ? undefined : fieldReader(`input.${parts.referenceField}`);
    const text = fieldReader(`input.${parts.textField}`);
    for await (const row of rowsOf(parts.results)) {
      const result = resultOf(row, report);
      if (result !== undefined) measure(result.summary, reference?.(result.fields), text(result.fields));
    }
    return report;
  }
  const waiting = await collect(parts.results, report);
  const reference = parts.referenceField === undefined ? undefined : fieldReader(parts.referenceField);
  const text = fieldReader(parts.textField);
  for await (const row of rowsOf(parts.input)) {
    const { id, at, fields } = row.ok ? row.record : row.broken;
    const summary = take(waiting, id, at.line);
    if (summary !== undefined) measure(summary, reference?.(fields ?? {}), text(fields ?? {}));
  }
  for (const left of waiting.values()) report.withoutRecord += left.length;
  return report;
}

type Measure = (summary: string, reference: unknown, text: unknown) => void;

function measureWith({ referenceField }: EvaluateParts, report: Report): Measure {
  return (summary, reference, text) => {
    const tokens = tokensOf(summary);
    report.addSummary(tokens.length);
    if (referenceField !== undefined) {
      if (isText(reference)) report.addRouge(rouge(tokens, tokensOf(reference)));
      else report.withoutReference += 1;
    }
    const found = isText(text) ? extractiveness(tokens, tokensOf(text)) : undefined;
    if (found === undefined) report.withoutText += 1;
    else report.addExtractiveness(found);
  };
}

async function collect(results: Source, report: Report): Promise<Map<string, Waiting[]>> {
  const waiting = new Map<string, Waiting[]>();
  for await (const row of rowsOf(results)) {
    const result = resultOf(row, report);
    if (result === undefined) continue;
    const { at } = result.fields;
    const line = Number((at as JsonObject | undefined)?.line ?? Number.NaN);
    const entry = { line: Number.isNaN(line) ? undefined : line, summary: result.summary };
    const known = waiting.get(result.id);
    if (known === undefined) waiting.set(result.id, [entry]);
    else known.push(entry);
  }
  return waiting;
}

/** Of several with one id that of the same line; the only one whatever its line, for lines may have moved. */
function take(waiting: Map<string, Waiting[]>, id: string, line: number): string | undefined {
  const entries = waiting.get(id) ?? [];
  const at = entries.length === 1 ? 0 : entries.findIndex((entry) => entry.line === line);
  const [entry] = at === -1 ? [] : entries.splice(at, 1);
  return entry?.summary;
}

/** Undefined for a row that holds no summary: one that failed, or a line that is no row. */
function resultOf(row: InputRow, report: Report) {
  const { id, fields } = row.ok ? row.record : row.broken;
  if (row.ok && fields?.status !== 'error') {
    return { id, fields: row.record.fields, summary: row.record.text };
  }
  if (fields?.status === 'error') report.failed += 1;
  else report.unreadable += 1;
  return undefined;
}

function rowsOf(source: Source): AsyncIterable<InputRow> {
  return source.rows(new AbortController().signal);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
