import { isJsonObject, type JsonObject } from './json.ts';

/** A line of a batch file in OpenAI's form: a request as it is to be sent. */
export interface BatchRequest {
  readonly custom_id: string;
  readonly method: 'POST';
  readonly url: string;
  readonly body: JsonObject;
}

/** Whether these are the fields of such a line. */
export function isBatchRequest(fields: unknown): fields is BatchRequest & JsonObject {
  return (
    isJsonObject(fields) &&
    typeof fields.custom_id === 'string' &&
    fields.method === 'POST' &&
    typeof fields.url === 'string' &&
    isJsonObject(fields.body)
  );
}
