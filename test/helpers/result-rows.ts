import { type ResultRow, resultRowSchema } from '../../src/output/row-schema.ts';

type OkRow = Extract<ResultRow, { status: 'ok' }>;

/** The rows of a JSONL output; throws unless each line, the last included, is a whole valid row. */
export function resultRows(output: string): ResultRow[] {
  if (output !== '' && !output.endsWith('\n')) throw new Error(`the last line is torn: ${output.slice(-80)}`);
  return output
    .split('\n')
    .slice(0, -1)
    .map((line) => resultRowSchema.parse(JSON.parse(line)));
}

/** The same, in the order of the input. */
export function sortedRows(output: string): ResultRow[] {
  return resultRows(output).sort((a, b) => a.index - b.index);
}

export function okRows(output: string): OkRow[] {
  return sortedRows(output).filter((row) => row.status === 'ok');
}

/** `code` of each failed row as `line code`. */
export function failures(output: string): string[] {
  return sortedRows(output).flatMap((row) =>
    row.status === 'error' ? [`${row.at.line} ${row.error.code}`] : [],
  );
}
