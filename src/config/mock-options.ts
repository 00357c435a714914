import type { OptionSpec, OptionValues } from './option-spec.ts';

const SERVER = 'Server';
const LIMITS = 'Limits';
const BATCHES = 'Batches (/v1/files, /v1/batches, /v1/messages/batches)';
const FAULTS = 'Faults (shares of requests, 0 to 1)';

/** The options of `gistmill mock`. */
export const MOCK_OPTIONS = [
  { key: 'port', kind: 'integer', default: 8089, min: 0, max: 65_535, placeholder: 'n', group: SERVER, help: 'port to listen on; 0 takes a free one' },
  { key: 'host', kind: 'text', default: '127.0.0.1', placeholder: 'address', group: SERVER, help: 'address to listen on' },
  { key: 'latency', kind: 'text', default: '0', placeholder: 'ms', group: SERVER, help: 'time an answer takes: 200, 100-300 (uniform), or lognormal:200:0.5 (median ms, sigma)' },
  { key: 'tokenLatency', kind: 'text', default: '0', placeholder: 'ms', group: SERVER, help: 'time between the pieces of a streamed answer, written as --latency is' },
  { key: 'knee', kind: 'integer', min: 1, placeholder: 'n', defaultText: 'no limit', group: SERVER, help: 'requests served at full speed; more at once share it, so that each takes longer than --latency' },
  { key: 'seed', kind: 'integer', default: 1, min: 0, placeholder: 'n', group: SERVER, help: 'the same seed gives the same answers and faults' },
  { key: 'key', kind: 'text', defaultText: 'any key, or none', placeholder: 'text', group: SERVER, help: 'accept only this key' },
  { key: 'models', kind: 'list', defaultText: 'any model', group: SERVER, help: 'accept only these models' },
  { key: 'context', kind: 'integer', min: 1, placeholder: 'tokens', defaultText: 'no limit', group: SERVER, help: 'context window; longer requests get a 400' },
  { key: 'cutPrompts', kind: 'flag', default: false, group: SERVER, help: 'cut longer requests and answer without a word about it, as some servers do, instead of the 400' },
  { key: 'responseFormat', kind: 'flag', default: true, group: SERVER, help: 'answer with JSON where response_format asks for it; --no-response-format refuses such requests' },

  { key: 'rpm', kind: 'number', min: 0.01, placeholder: 'n', defaultText: 'no limit', group: LIMITS, help: 'requests a minute before a 429' },
  { key: 'tpm', kind: 'number', min: 1, placeholder: 'n', defaultText: 'no limit', group: LIMITS, help: 'tokens a minute before a 429' },
  { key: 'inputTpm', kind: 'number', min: 1, placeholder: 'n', defaultText: 'no limit', group: LIMITS, help: 'input tokens a minute before a 429' },
  { key: 'outputTpm', kind: 'number', min: 1, placeholder: 'n', defaultText: 'no limit', group: LIMITS, help: 'output tokens a minute before a 429' },
  { key: 'rpd', kind: 'number', min: 1, placeholder: 'n', defaultText: 'no limit', group: LIMITS, help: 'requests a day before a 429' },
  { key: 'tpd', kind: 'number', min: 1, placeholder: 'n', defaultText: 'no limit', group: LIMITS, help: 'tokens a day before a 429' },
  { key: 'maxInFlight', kind: 'integer', min: 1, placeholder: 'n', defaultText: 'no limit', group: LIMITS, help: 'requests served at once before a 429' },
  { key: 'limitHeaders', kind: 'choice', choices: ['openai', 'anthropic', 'ietf', 'none'], default: 'openai', group: LIMITS, help: 'whose headers tell of the limits; none: not even a 429 tells how long to wait' },

  { key: 'errorRate', kind: 'number', default: 0, min: 0, max: 1, placeholder: 'p', example: '0.05', group: FAULTS, help: 'answered with a 500 or 503' },
  { key: 'resetRate', kind: 'number', default: 0, min: 0, max: 1, placeholder: 'p', example: '0.05', group: FAULTS, help: 'connection reset in the middle of the body' },
  { key: 'hangRate', kind: 'number', default: 0, min: 0, max: 1, placeholder: 'p', example: '0.05', group: FAULTS, help: 'never answered' },
  { key: 'brokenJsonRate', kind: 'number', default: 0, min: 0, max: 1, placeholder: 'p', example: '0.05', group: FAULTS, help: 'answered with broken JSON' },
  { key: 'emptyRate', kind: 'number', default: 0, min: 0, max: 1, placeholder: 'p', example: '0.05', group: FAULTS, help: 'answered without any text' },
  { key: 'cutStreamRate', kind: 'number', default: 0, min: 0, max: 1, placeholder: 'p', example: '0.05', group: FAULTS, help: 'streams closed in the middle, without an end mark' },
  { key: 'stallRate', kind: 'number', default: 0, min: 0, max: 1, placeholder: 'p', example: '0.05', group: FAULTS, help: 'streams that fall silent in the middle' },
  { key: 'proseRate', kind: 'number', default: 0, min: 0, max: 1, placeholder: 'p', example: '0.05', group: FAULTS, help: 'answered with prose where JSON was asked for' },

  { key: 'batchTime', kind: 'duration', default: 10_000, defaultText: '10s', min: 0, group: BATCHES, help: 'how long a batch takes' },
  { key: 'batchErrorRate', kind: 'number', default: 0, min: 0, max: 1, placeholder: 'p', example: '0.05', group: BATCHES, help: 'share of its requests that fail' },
  { key: 'batchExpireRate', kind: 'number', default: 0, min: 0, max: 1, placeholder: 'p', example: '0.05', group: BATCHES, help: 'share of its requests that it does not come to before it expires' },
  { key: 'batchTokens', kind: 'integer', min: 1, placeholder: 'n', defaultText: 'no limit', group: BATCHES, help: 'tokens in all batches under way before one more is refused' },
] as const satisfies readonly OptionSpec[];

export type MockOptions = OptionValues<typeof MOCK_OPTIONS>;
