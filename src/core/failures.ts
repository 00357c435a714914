/**
 * Every way in which something can go wrong, and what follows from it. This table is the one place
 * that decides; `docs/errors.md` is generated from it.
 */
interface FailureRule {
  /** Asked again within the run? By which budget of attempts. `later`: only in a later run. */
  readonly retry: 'no' | 'later' | 'transient' | 'rate-limit' | 'content';
  /** Does it concern one record, or does it end the whole run? */
  readonly scope: 'record' | 'run';
  /** Exit code when it ends the run; 1 where it only fails a record. */
  readonly exitCode: 0 | 1 | 2 | 3 | 4 | 5 | 75;
  readonly meaning: string;
}

const row = (meaning: string): FailureRule => ({ retry: 'no', scope: 'record', exitCode: 1, meaning });
const retried = (retry: FailureRule['retry'], meaning: string): FailureRule => ({ ...row(meaning), retry });
const ends = (exitCode: FailureRule['exitCode'], meaning: string): FailureRule => ({
  retry: 'no',
  scope: 'run',
  exitCode,
  meaning,
});

export const FAILURES = {
  invalid_json: row('The line or file is not valid JSON.'),
  invalid_csv: row(
    'The CSV record has a quote that is not closed, or more or fewer columns than the first line.',
  ),
  invalid_record: row('The JSON value is neither an object nor a string.'),
  missing_text: row('The record has no text field of that name.'),
  invalid_text: row('The text field is not a string.'),
  empty_text: row('The text is empty or blank.'),
  invalid_utf8: row('The bytes are not valid UTF-8.'),
  line_too_long: row('The line, or the whole file, is longer than --max-line.'),
  input_read: row('The input could not be read to its end.'),
  prompt_field: row('The prompt template uses a field that the record does not have.'),

  connection: retried('transient', 'The connection was refused, reset or cut, or the host was not found.'),
  timeout: retried('transient', 'No complete answer within --timeout.'),
  conflict: retried('transient', 'The endpoint answered 408, 409 or 425.'),
  server_error: retried('transient', 'The endpoint answered with a 5xx status.'),
  truncated_body: retried('transient', 'The answer was cut short.'),
  invalid_response: retried('transient', 'The answer is not the JSON that was expected.'),
  overloaded: retried('rate-limit', 'The endpoint says that it is overloaded (503, 529).'),
  rate_limited: retried('rate-limit', 'The endpoint answered 429: too many requests or tokens.'),
  empty_answer: retried('content', 'The answer holds no text.'),

  output_budget_spent: row('The whole output budget was used before any text came.'),
  content_filtered: row('The endpoint refused the content.'),
  context_too_long: row('The text is longer than the model takes.'),
  cannot_reduce: row('The answers about the parts of a text do not become short enough to be joined.'),
  answer_truncated: row('The answer was cut off at the limit of output tokens, and --on-truncated is fail.'),
  invalid_answer: retried(
    'later',
    'The answer is not the data that --schema describes, even after the model was told what is wrong.',
  ),
  format_refused: row('The endpoint refuses every form of the request that was tried.'),
  bad_request: row('The endpoint refused the request (other 4xx).'),
  unexpected_answer: row('The endpoint answered with an error that is not worth another attempt.'),
  response_too_large: row('The answer is larger than is ever accepted.'),
  request_too_large: row('The request needs more tokens than the limit allows at all.'),
  batch_unanswered: retried(
    'later',
    'The batch has no answer for the record: it expired, was cancelled or failed, or the record needs more than one request.',
  ),
  record_deadline: retried('later', 'The record was not done within --record-deadline.'),

  wrong_key: ends(3, 'The endpoint refused the key (401, 403).'),
  quota_exhausted: ends(3, 'The quota or the credit of the account is used up.'),
  model_not_found: ends(3, 'The endpoint does not know the model.'),
  wrong_url: ends(3, 'What answers at the URL is not the API that was expected.'),
  endpoint_down: ends(3, 'The endpoint is down: --max-consecutive-failures attempts in a row failed.'),
  retry_wait_too_long: ends(3, 'The endpoint asks to wait longer than --max-retry-wait.'),
  too_many_failures: ends(3, 'More records failed than --max-failures allows.'),

  budget_spent: ends(4, 'What is left of --max-cost or --max-tokens-total does not pay another request.'),
  limit_spent: ends(
    4,
    'A limit by the day of your own (--rpd, --tpd) has no room for longer than --max-retry-wait.',
  ),
  run_deadline: ends(4, 'The run was not done within --deadline.'),

  usage: ends(2, 'The command line or the configuration is wrong.'),
  input_not_readable: ends(2, 'An input does not exist or cannot be read.'),
  broken_input: ends(2, 'With --strict: some records of the input are broken.'),
  option_refused: ends(2, 'The endpoint does not take an option that was set by hand.'),
  missing_key: ends(2, 'The provider needs a key and none is configured.'),
  settings_changed: ends(2, 'The output holds results that were made with other settings; see --on-change.'),
  text_changed: ends(2, 'A text is not the one that its result was made of; see --on-change.'),
  cache_unusable: ends(2, 'The cache cannot be used; a run goes on without it.'),
  batch_open: ends(75, 'A batch is under way for the output; `gistmill batch fetch` brings its results.'),
  output_locked: ends(75, 'Another run is writing to the output.'),
  output_write: ends(5, 'The output could not be written.'),
  output_closed: ends(0, 'The reader of the output (`| head`) has gone: a quiet end.'),
  interrupted: ends(1, 'The run was interrupted by a signal (exit 130 or 143).'),
  internal: ends(1, 'A fault of gistmill itself.'),
} as const satisfies Record<string, FailureRule>;

export type ErrorCode = keyof typeof FAILURES;

export function failureRule(code: ErrorCode): FailureRule {
  return FAILURES[code];
}

/** Failures after which the endpoint may well have worked, and billed, without telling what. */
const PERHAPS_BILLED: ReadonlySet<ErrorCode> = new Set([
  'timeout',
  'truncated_body',
  'invalid_response',
  'response_too_large',
  'record_deadline',
  'interrupted',
]);

/** Whether an attempt that failed so may be billed although no usage was reported. */
export function perhapsBilled(code: ErrorCode): boolean {
  return PERHAPS_BILLED.has(code);
}
