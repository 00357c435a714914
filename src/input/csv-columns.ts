import { AppError } from '../core/errors.ts';
import { fieldReader } from '../core/field-path.ts';
import type { Place } from '../core/record.ts';
import { listFields } from './list-fields.ts';

export interface CsvOptions {
  readonly delimiter: ',' | '\t';
  readonly textField: string;
  readonly idField?: string | undefined;
}

/** Throws `usage` for column names of which no record could be made. */
export function checkColumns(names: readonly string[], at: Place, options: CsvOptions): void {
  const empty = names.indexOf('');
  if (empty !== -1) {
    throw wrong(at, `column ${empty + 1} of ${names.length} has no name`, 'give each column a name');
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw wrong(at, `two columns are called ${JSON.stringify(twice)}`, 'give each column a name of its own');
  }
  refuseMissing(names, at, options.textField, '--text-field', options);
  if (options.idField !== undefined) refuseMissing(names, at, options.idField, '--id-field', options);
}

function refuseMissing(
  names: readonly string[],
  at: Place,
  field: string,
  option: string,
  { delimiter }: CsvOptions,
): void {
  const fields = Object.fromEntries(names.map((name) => [name, '']));
  if (fieldReader(field)(fields) !== undefined) return;
  const other = names.length === 1 ? /[;\t,|]/.exec(names[0] ?? '')?.[0] : undefined;
  const hint =
    other === undefined
      ? `name the column with ${option}`
      : `its columns seem to be parted by ${JSON.stringify(other)}, and it is read as parted by ${JSON.stringify(delimiter)}`;
  throw wrong(at, `there is no column ${JSON.stringify(field)}; ${listFields(fields)}`, hint);
}

function wrong(at: Place, reason: string, hint: string): AppError {
  return new AppError('usage', `${at.file}:${at.line}: ${reason}`, { hint });
}
