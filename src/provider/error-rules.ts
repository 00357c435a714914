import type { ErrorCode } from '../core/failures.ts';

/** What a failed reply is looked at for. */
export interface Symptoms {
  /** HTTP status, or the status named in the body of a 200; undefined where neither tells. */
  readonly status: number | undefined;
  /** Machine words of the body, lower case. */
  readonly words: readonly string[];
  /** Messages of the body, lower case. */
  readonly text: string;
}

type OfStatus = (status: number) => boolean;

/** A rule holds where the status fits, or is not known, and a word or the text matches. */
interface ErrorRule {
  readonly code: ErrorCode;
  /** Default: any status. */
  readonly status?: OfStatus;
  /** Matches one whole word. */
  readonly word?: RegExp;
  readonly text?: RegExp;
}

const except =
  (...statuses: readonly number[]): OfStatus =>
  (status) =>
    !statuses.includes(status);
const only =
  (...statuses: readonly number[]): OfStatus =>
  (status) =>
    statuses.includes(status);
const clientError: OfStatus = (status) => status >= 400 && status < 500;
const serverError: OfStatus = (status) => status >= 500;

/**
 * What endpoints write, in the order in which it decides; the first rule that holds wins. The wordings are
 * those of OpenAI, Azure, Anthropic, Google, AWS, Groq, Mistral, OpenRouter, Together, DeepSeek, xAI, Alibaba, vLLM,
 * SGLang, llama.cpp, LM Studio, Ollama, text-generation-inference and LiteLLM, from their documentation
 * and public reports. The status alone decides where no rule holds: `codeOfStatus`.
 */
const ERROR_RULES: readonly ErrorRule[] = [
  // A quota by the day is gone until tomorrow; one by the minute is a rate limit, though the message
  // ("check your plan and billing") is the same.
  { code: 'quota_exhausted', word: /per_?day/, text: /free-models-per-day|too many tokens per day/ },
  { code: 'rate_limited', word: /per_?(minute|second)|rpc\.retryinfo$/ },
  // Larger than a whole minute's tokens: waiting does not help.
  { code: 'request_too_large', status: only(413, 429), text: /request too large.*\b(tokens per min|tpm\b)/ },
  // AWS: the model is being made ready; it comes as a 429.
  { code: 'overloaded', word: /^modelnotreadyexception$/ },
  // Its "too many tokens" are those of a minute.
  { code: 'rate_limited', word: /^throttlingexception$/ },
  {
    code: 'content_filtered',
    word: /^(content_filter|content_filtered|content_policy_violation|responsibleaipolicyviolation|data_inspection_failed|datainspectionfailed|content_moderation|moderation_blocked)$/,
    text: /content management policy|content policy|usage polic(y|ies)|content[ _-]filter|safety system|(flagged|blocked).*(moderation|safety|guardrail)|moderation (block|flag)|requires moderation|considered high risk|inappropriate content/,
    status: except(401, 429),
  },
  {
    code: 'context_too_long',
    word: /^(context_length_exceeded|exceed_context_size_error|string_above_max_length|context_window_exceeded|contextwindowexceedederror|request_too_large|input_too_long|max_tokens_exceeded)$/,
    text: /context[ _](length|window|size|limit)|(prompt|input|text|request|string|messages?)\b.{0,40}\b(is|are|was|were) too (long|large)\b|too many (input )?tokens|(input|prompt|requested|total) tokens?( count)?\b.{0,60}\bexceed|maximum (prompt|model|input|number of tokens)|exceeds the (maximum|limit)( number)?( of)? .{0,20}tokens|max_new_tokens.{0,20}must be|must have less than \d+ tokens|reduce the length|range of input length|string too long|when context the overflows/,
    status: except(401, 402, 403, 404, 429),
  },
  {
    code: 'quota_exhausted',
    word: /^(insufficient_quota|billing_hard_limit_reached|billing_not_active|insufficient_balance|insufficient_funds|exceeded_current_quota_error|credits_exhausted|servicequotaexceededexception)$/,
  },
  { code: 'rate_limited', status: only(429), text: /\bper (second|sec|minute|min)\b/ },
  {
    code: 'quota_exhausted',
    status: clientError,
    text: /exceeded your (current |monthly )?quota|insufficient (account )?(balance|credits|funds)|credit balance is too low|billing hard limit|out of credits|(used|spent) all (available |your )?(credits|quota)|reached its .{0,30}spending limit|key limit exceeded|reached your .{0,30}usage limit/,
  },
  {
    code: 'rate_limited',
    status: clientError,
    word: /^(rate_limit_exceeded|rate_limit_error|rate_limit|ratelimitexceeded|userratelimitexceeded|ratelimiterror|too_many_requests)$/,
  },
  {
    code: 'wrong_key',
    status: clientError,
    word: /^(invalid_api_key|api_key_invalid|authentication_error|invalid_authentication_error|unauthenticated|account_deactivated|unrecognizedclientexception|expiredtokenexception|invalidsignatureexception|incompletesignatureexception|missingauthenticationtokenexception)$/,
    text: /(incorrect|invalid|missing|no) (api[ _-]?key|auth(entication|orization)? (header|token|credentials))|api key (is )?(not valid|invalid|expired)/,
  },
  {
    code: 'model_not_found',
    status: only(400, 403, 404, 410, 422),
    word: /^(model_not_found|deploymentnotfound|invalid_model|invalid_model_id|model_not_available|model_not_active|model_decommissioned|model_terms_required|unknown_model|resourcenotfoundexception)$/,
    text: /\bmodels?\b.{0,120}\b(not found|not exist|does ?n[o']t exist|not available|not supported|decommissioned|deprecated)|model not exist|(invalid|unknown|unsupported) model|not a valid model|no endpoints? (found|available)|^model: |unable to access model|no such model|deployment.{0,60}does not exist|try pulling it first|no models? loaded|failed to load model|model identifier is invalid|on-demand throughput isn.t supported/,
  },
  { code: 'wrong_url', text: /plain http request was sent to https|sent an http request to an https server/ },
  {
    code: 'overloaded',
    word: /^(overloaded_error|overloaded|engine_overloaded|engine_overloaded_error|server_overloaded)$/,
    status: except(429),
  },
  {
    code: 'overloaded',
    status: serverError,
    text: /overloaded|over capacity|(is|currently) loading|no (healthy|available) (upstream|worker)/,
  },
  // For an error inside a 200 that names no status.
  { code: 'rate_limited', status: only(), text: /rate.?limit|too many requests|slow down/ },
];

/** Statuses that mean something of their own; the rest goes by its hundred. */
const STATUS_CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [401, 'wrong_key'],
  [402, 'quota_exhausted'],
  [403, 'wrong_key'],
  [404, 'wrong_url'],
  [405, 'wrong_url'],
  [408, 'conflict'],
  [409, 'conflict'],
  [410, 'wrong_url'],
  [413, 'context_too_long'],
  // Text-generation-inference: generation failed half way.
  [424, 'server_error'],
  [425, 'conflict'],
  [429, 'rate_limited'],
  // Groq: no capacity in the flex tier.
  [498, 'overloaded'],
  [503, 'overloaded'],
  [529, 'overloaded'],
]);

/** The kind of a failed reply. */
export function codeOf(symptoms: Symptoms): ErrorCode {
  const rule = ERROR_RULES.find((candidate) => holds(candidate, symptoms));
  return rule?.code ?? codeOfStatus(symptoms);
}

function holds({ status, word, text }: ErrorRule, symptoms: Symptoms): boolean {
  if (symptoms.status !== undefined && status?.(symptoms.status) === false) return false;
  return (
    (word !== undefined && symptoms.words.some((candidate) => word.test(candidate))) ||
    (text?.test(symptoms.text) ?? false)
  );
}

function codeOfStatus({ status, words, text }: Symptoms): ErrorCode {
  if (status === undefined) {
    const passing =
      /server_error|internal|timeout|timed out|unavailable|upstream|bad gateway|try again|unexpected eof/;
    return passing.test(`${words.join(' ')} ${text}`) ? 'server_error' : 'unexpected_answer';
  }
  const known = STATUS_CODES.get(status);
  if (known !== undefined) return known;
  if (status >= 500) return 'server_error';
  if (status >= 400) return 'bad_request';
  return status >= 300 ? 'wrong_url' : 'unexpected_answer';
}
