import { PROVIDER_NAMES } from '../catalog/find-provider.ts';
import type { OptionSpec, OptionValues } from './option-spec.ts';

const INPUT = 'Input';
const PROMPT = 'Prompt';
const ENDPOINT = 'Endpoint';
const PACE = 'Pace and retries';
const BUDGET = 'Budget and deadlines';
const ANSWERS = 'What answers have to be';
const LONG = 'Long texts and answers';
const REUSE = 'Answers used again';
const OUTPUT = 'Output';
const TALK = 'Progress and logs';
const SETUP = 'Configuration';

/** The options of the main command, in the order in which the help shows them. */
export const RUN_OPTIONS = [
  { key: 'inputFormat', kind: 'choice', choices: ['auto', 'text', 'jsonl', 'json', 'csv', 'tsv', 'openai-batch'], default: 'auto', group: INPUT, help: 'how inputs are read (auto: by the file name, stdin by its first character, batch files by their first line)' },
  { key: 'each', kind: 'choice', choices: ['line', 'file'], default: 'line', group: INPUT, help: 'what one text is, a line (or JSON record) or a whole file' },
  { key: 'textField', kind: 'text', default: 'text', placeholder: 'path', group: INPUT, help: 'field (JSON) or column (CSV) that holds the text; dots go deeper' },
  { key: 'idField', kind: 'text', placeholder: 'path', defaultText: 'id, then custom_id', group: INPUT, help: 'field or column that holds the id of a record' },
  { key: 'maxLine', kind: 'size', default: 64 * 1024 * 1024, defaultText: '64MiB', min: 1, group: INPUT, help: 'longest line or file that is read; a longer one becomes an error row' },
  { key: 'strict', kind: 'flag', default: false, group: INPUT, help: 'read all input files first, and refuse to start if any record is broken' },

  { key: 'preset', kind: 'nameOrPath', defaultText: 'summary', group: PROMPT, help: 'what is done with each text: summary, translate, classify, extract, keywords, or a file of your own' },
  { key: 'length', kind: 'text', example: '80 words', placeholder: 'length', defaultText: 'a few sentences', group: PROMPT, help: 'short (40 words), medium (100), long (250), "N words" or "N sentences"' },
  { key: 'style', kind: 'choice', choices: ['paragraph', 'bullets', 'headline', 'tldr', 'abstract'], group: PROMPT, help: 'what a summary looks like' },
  { key: 'language', kind: 'text', placeholder: 'tag', defaultText: 'auto, that of the text', group: PROMPT, help: 'language to write in: en, de, pt-BR, … (BCP 47)' },
  { key: 'audience', kind: 'text', group: PROMPT, help: 'who will read it, such as "children of ten"' },
  { key: 'focus', kind: 'text', group: PROMPT, help: 'what to dwell on, such as "what it costs"' },
  { key: 'var', kind: 'vars', group: PROMPT, help: 'a variable of the preset, such as labels=news,sport; may be repeated' },
  { key: 'prompt', kind: 'text', rival: 'promptFile', placeholder: 'template', group: PROMPT, help: 'what to ask; {{text}} is the text, {{field}} any field of the record (Liquid)' },
  { key: 'promptFile', kind: 'path', rival: 'prompt', group: PROMPT, help: 'the same, from a file' },
  { key: 'system', kind: 'text', group: PROMPT, help: 'system message' },
  { key: 'maxOutputTokens', kind: 'integer', min: 1, placeholder: 'n', group: PROMPT, help: 'longest answer, in tokens' },
  { key: 'temperature', kind: 'number', min: 0, max: 2, example: '0.3', placeholder: 'n', group: PROMPT, help: 'sampling temperature' },
  { key: 'param', kind: 'params', placeholder: 'key=json', group: PROMPT, help: 'any other field of the request body; may be repeated' },

  { key: 'provider', kind: 'nameOrPath', choices: PROVIDER_NAMES, defaultText: 'as --model says, openai with --base-url, http with --url, else local', group: ENDPOINT, help: 'what answers; a file or package of your own, or one of' },
  { key: 'model', short: 'm', kind: 'text', placeholder: 'name', group: ENDPOINT, help: 'model, as the endpoint knows it, or with its provider: groq/llama-3.3-70b-versatile' },
  { key: 'baseUrl', kind: 'text', placeholder: 'url', group: ENDPOINT, help: 'base of an OpenAI-compatible endpoint, such as http://127.0.0.1:8000/v1' },
  { key: 'endpoint', kind: 'endpoints', fileKey: 'endpoints', placeholder: 'key=value,…', defaultText: 'one, as the other options say', group: ENDPOINT, help: 'one of several endpoints, with its own model, base-url, key-env, rpm, weight, …; to be repeated' },
  { key: 'fallbackModel', kind: 'text', placeholder: 'name', group: ENDPOINT, help: 'model, or provider/model, that is asked where the first refuses a text or is gone' },
  { key: 'apiVersion', kind: 'text', placeholder: 'date', defaultText: 'none: /openai/v1', group: ENDPOINT, help: 'azure: version of the API, such as 2024-10-21' },
  { key: 'region', kind: 'text', placeholder: 'name', defaultText: 'AWS_REGION', group: ENDPOINT, help: 'bedrock: region of AWS, such as us-east-1' },
  { key: 'url', kind: 'text', placeholder: 'url', group: ENDPOINT, help: 'http: where each text is posted' },
  { key: 'body', kind: 'text', placeholder: 'template', defaultText: '{"text": …}', group: ENDPOINT, help: 'http: request body (Liquid): {{text | json}}, {{prompt | json}}, {{model | json}}, any field' },
  { key: 'bodyType', kind: 'choice', choices: ['json', 'form'], default: 'json', group: ENDPOINT, help: 'http: how the body is sent' },
  { key: 'responsePath', kind: 'text', placeholder: 'path', defaultText: 'summary, text or output, else the whole body', group: ENDPOINT, help: 'http: where the summary stands in the answer' },
  { key: 'stream', kind: 'flag', default: false, group: ENDPOINT, help: 'have answers streamed: a stalled one is noticed early, time to the first token is measured' },
  { key: 'apiKeyFile', kind: 'path', rival: 'apiKeyEnv', group: ENDPOINT, help: 'file that holds the key' },
  { key: 'apiKeyEnv', kind: 'text', rival: 'apiKeyFile', placeholder: 'name', defaultText: 'GISTMILL_API_KEY; for a provider itself its own, such as OPENAI_API_KEY', group: ENDPOINT, help: 'environment variable that holds the key' },

  { key: 'concurrency', short: 'c', kind: 'integerOrAuto', default: 'auto', min: 1, max: 10_000, group: PACE, help: 'most requests in flight; auto finds as many as the endpoint can use' },
  { key: 'maxConcurrency', kind: 'integer', default: 512, min: 1, max: 10_000, placeholder: 'n', group: PACE, help: 'most requests in flight that --concurrency auto may try' },
  { key: 'rpm', kind: 'number', min: 1, placeholder: 'n', defaultText: 'no limit', group: PACE, help: 'most requests a minute' },
  { key: 'tpm', kind: 'number', min: 1, example: '200000', placeholder: 'n', defaultText: 'no limit', group: PACE, help: 'most tokens a minute, input and output together' },
  { key: 'inputTpm', kind: 'number', min: 1, example: '200000', placeholder: 'n', defaultText: 'no limit', group: PACE, help: 'most input tokens a minute' },
  { key: 'outputTpm', kind: 'number', min: 1, example: '40000', placeholder: 'n', defaultText: 'no limit', group: PACE, help: 'most output tokens a minute' },
  { key: 'rpd', kind: 'number', min: 1, example: '10000', placeholder: 'n', defaultText: 'no limit', group: PACE, help: 'most requests in any 24 hours; with -o or --state those of earlier runs count too' },
  { key: 'tpd', kind: 'number', min: 1, example: '1000000', placeholder: 'n', defaultText: 'no limit', group: PACE, help: 'the same in tokens, input and output together' },
  { key: 'maxAttempts', kind: 'integer', default: 6, min: 1, max: 1000, placeholder: 'n', group: PACE, help: 'most attempts at a record that meets transient faults' },
  { key: 'maxRateLimitAttempts', kind: 'integer', default: 50, min: 1, max: 100_000, placeholder: 'n', group: PACE, help: 'the same where the endpoint says to slow down: 429, 529, 503 with Retry-After' },
  { key: 'timeout', kind: 'duration', default: 120_000, defaultText: '120s', min: 1, group: PACE, help: 'longest time for one attempt, from sending to the last byte' },
  { key: 'idleTimeout', kind: 'duration', default: 60_000, defaultText: '60s', min: 1, group: PACE, help: 'with --stream: longest silence in an answer that has begun' },
  { key: 'maxRetryWait', kind: 'duration', default: 900_000, defaultText: '15m', min: 0, group: PACE, help: 'longest wait that the endpoint may ask for, or --rpd and --tpd may take; a longer one stops the run' },
  { key: 'maxFailures', kind: 'limit', placeholder: 'n|n%', defaultText: 'no limit', group: PACE, help: 'stop when more records than this have failed' },
  { key: 'maxConsecutiveFailures', kind: 'integer', default: 50, min: 1, placeholder: 'n', group: PACE, help: 'stop when so many attempts in a row, over 30 s or more, met no connection, a timeout or a 5xx' },
  { key: 'grace', kind: 'duration', default: 10_000, defaultText: '10s', min: 0, group: PACE, help: 'time for requests in flight to end once the run stops (Ctrl-C, --deadline)' },
  { key: 'window', kind: 'integer', min: 1, placeholder: 'n', defaultText: '4 × concurrency, 16 × with --ordered', group: PACE, help: 'most records open at once' },

  { key: 'maxCost', kind: 'number', min: 0, example: '5.00', placeholder: 'usd', defaultText: 'no limit', group: BUDGET, help: 'most that the run may cost, in USD; the run stops before it is overspent' },
  { key: 'maxTokensTotal', kind: 'integer', min: 0, example: '2000000', placeholder: 'n', defaultText: 'no limit', group: BUDGET, help: 'the same in tokens, input and output together' },
  { key: 'priceIn', kind: 'number', min: 0, example: '0.15', placeholder: 'usd', defaultText: 'from the built-in price table', group: BUDGET, help: 'price of a million input tokens, in USD' },
  { key: 'priceOut', kind: 'number', min: 0, example: '0.60', placeholder: 'usd', defaultText: 'from the built-in price table', group: BUDGET, help: 'price of a million output tokens, in USD' },
  { key: 'recordDeadline', kind: 'duration', min: 1, defaultText: 'no limit', group: BUDGET, help: 'longest time for one record from its first attempt on, retries and waits included' },
  { key: 'deadline', kind: 'duration', min: 1, defaultText: 'no limit', group: BUDGET, help: 'longest time for the whole run, such as 2h; then it stops, as after Ctrl-C' },

  { key: 'schema', kind: 'path', group: ANSWERS, help: 'answers are JSON that fits the JSON Schema in this file; results hold it as data' },
  { key: 'minWords', kind: 'integer', min: 1, placeholder: 'n', group: ANSWERS, help: 'a shorter answer is asked for again once, then marked' },
  { key: 'maxWords', kind: 'integer', min: 1, placeholder: 'n', group: ANSWERS, help: 'the same for a longer one' },
  { key: 'checkCopy', kind: 'flag', default: false, group: ANSWERS, help: 'the same for an answer that only repeats the text, or its beginning' },
  { key: 'checkLanguage', kind: 'flag', default: true, group: ANSWERS, help: 'the same for an answer in another language than --language; --no-check-language lets it pass' },

  { key: 'strategy', kind: 'choice', choices: ['auto', 'single', 'map-reduce', 'refine', 'truncate', 'fail'], default: 'auto', group: LONG, help: 'what is done with a text that does not fit the context window (auto: map-reduce)' },
  { key: 'context', kind: 'integer', min: 64, example: '8192', placeholder: 'tokens', defaultText: 'from the built-in model table, else learnt from the endpoint', group: LONG, help: 'context window: what a request and its answer may take together' },
  { key: 'chunkTokens', kind: 'integer', min: 16, placeholder: 'tokens', defaultText: 'what the context window leaves', group: LONG, help: 'longest part that a text is cut into' },
  { key: 'overlap', kind: 'integer', min: 0, default: 0, placeholder: 'tokens', group: LONG, help: 'how much of the end of a part is repeated at the beginning of the next' },
  { key: 'onTruncated', kind: 'choice', choices: ['keep', 'retry', 'fail'], default: 'keep', group: LONG, help: 'an answer cut off at the limit of output tokens: keep it marked, ask again with more, or fail' },

  { key: 'dedupe', kind: 'flag', default: true, group: REUSE, help: 'send identical requests of a run once and use the answer for all; --no-dedupe sends each' },
  { key: 'cache', kind: 'folder', placeholder: 'dir', defaultText: 'no cache', group: REUSE, help: 'keep answers across runs and files, here or in the usual place, ~/.cache/gistmill' },
  { key: 'cacheTtl', kind: 'duration', min: 0, example: '30d', defaultText: 'no limit', group: REUSE, help: 'how long a kept answer is good, such as 30d' },

  { key: 'output', short: 'o', kind: 'path', defaultText: 'stdout', placeholder: 'file', group: OUTPUT, help: 'file for the results' },
  { key: 'format', short: 'f', kind: 'choice', choices: ['jsonl', 'text', 'csv', 'openai-batch'], default: 'jsonl', group: OUTPUT, help: 'how results are written' },
  { key: 'ordered', kind: 'flag', default: false, group: OUTPUT, help: 'write results in the order of the input, not as they complete' },
  { key: 'keep', kind: 'list', placeholder: 'fields', group: OUTPUT, help: 'input fields to copy into each result; all for all of them' },
  { key: 'onChange', kind: 'choice', choices: ['refuse', 'redo', 'keep'], default: 'refuse', group: OUTPUT, help: 'results there that other settings or texts made: stop, do again or keep' },
  { key: 'fresh', kind: 'flag', default: false, group: OUTPUT, help: 'move an existing output away (.bak) and start anew' },
  { key: 'fsync', kind: 'choice', choices: ['never', 'interval', 'each'], default: 'interval', group: OUTPUT, help: 'when results are forced to the disk; interval is every second' },
  { key: 'state', kind: 'path', group: OUTPUT, help: 'without -o: remember here what was written to stdout, to go on after it' },
  { key: 'failed', kind: 'path', group: OUTPUT, help: 'write the input records that failed to this file, ready to be fed back' },
  { key: 'onlyFailed', kind: 'flag', default: false, group: OUTPUT, help: 'do again only what has failed in the earlier run; leave out what is new' },
  { key: 'splitBy', kind: 'choice', choices: ['status'], group: OUTPUT, help: 'at the end also write out.ok.jsonl and out.error.jsonl beside -o out.jsonl' },
  { key: 'final', kind: 'path', group: OUTPUT, help: 'copy -o to this file in one step, only when the whole job is done' },
  { key: 'summaryJson', kind: 'path', group: OUTPUT, help: 'also write the closing summary to this file, as JSON' },

  { key: 'progress', kind: 'choice', choices: ['auto', 'line', 'none', 'json'], default: 'auto', group: TALK, help: 'how progress is shown on stderr' },
  { key: 'quiet', short: 'q', kind: 'flag', default: false, group: TALK, help: 'nothing on stderr but errors' },
  { key: 'logLevel', kind: 'choice', choices: ['silent', 'error', 'warn', 'info', 'debug', 'trace'], default: 'warn', group: TALK, help: 'how much is logged' },
  { key: 'logFile', kind: 'path', group: TALK, help: 'log to this file (JSON lines) instead of stderr' },

  { key: 'config', kind: 'path', defaultText: 'gistmill.config.json or .yaml, if there', group: SETUP, help: 'configuration file' },
  { key: 'envFile', kind: 'path', defaultText: '.env, if there', group: SETUP, help: 'file of environment variables' },
] as const satisfies readonly OptionSpec[];

export type RunOptions = OptionValues<typeof RUN_OPTIONS>;
