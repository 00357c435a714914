import { isBatchRequest } from '../core/batch-request.ts';
import { isJsonObject } from '../core/json.ts';
import type { InputRow, Place } from '../core/record.ts';
import type { RecordReader } from './read-record.ts';

/** Of the APIs that batch files are for, the one whose requests can be sent. */
const CHAT = /\/chat\/completions$/;

/** Whether a line of JSON is a request of a batch file in OpenAI's form. */
export function isBatchLine(line: string): boolean {
  try {
    return isBatchRequest(JSON.parse(line));
  } catch {
    return false;
  }
}

/** Makes rows of the lines of a batch file. The text of a record is its whole request, by which it is told from another. */
export function batchRow(records: RecordReader, value: unknown, at: Place, raw: string): InputRow {
  const extra = { id: records.idOf(value), ...(isJsonObject(value) ? { fields: value } : { raw }) };
  if (!isBatchRequest(value)) {
    const reason =
      'the line is no request of a batch file: {"custom_id", "method": "POST", "url", "body": {…}}';
    return records.broken('invalid_record', reason, at, extra);
  }
  const { url, body } = value;
  if (!CHAT.test(url)) {
    const hint = 'only requests to /v1/chat/completions are sent';
    return records.broken('invalid_record', `the request is for ${url.slice(0, 100)}`, at, {
      ...extra,
      hint,
    });
  }
  if (!Array.isArray(body.messages) || body.messages.length === 0) {
    return records.broken('invalid_record', 'the body of the request has no messages', at, extra);
  }
  return records.fromFields(JSON.stringify(body), value, at, raw);
}
