/** A plain RFC 4180 reader, written apart from the library that writes. Records end with `\n`. */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  const fields = /("(?:[^"]|"")*"|[^",\n]*)([,\n])/gy;
  let record: string[] = [];
  for (const [, field = '', end] of text.matchAll(fields)) {
    record.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (end === '\n') {
      records.push(record);
      record = [];
    }
  }
  return records;
}
