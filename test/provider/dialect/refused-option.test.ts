import { describe, expect, test } from 'vitest';
import { refuses, refusesSystem } from '../../../src/provider/dialect/refused-option.ts';

// Wordings as public reports have them, one for each kind of server.
describe('a field is refused', () => {
  test.each([
    [
      'max_tokens',
      "400 unsupported_parameter: Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    ],
    [
      'temperature',
      "400 unsupported_value: Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
    ],
    ['store', '400: Unrecognized request argument supplied: store'],
    ['foo', "400: Unknown parameter: 'foo'."],
    ['temperature', '400: `temperature` is deprecated for this model.'],
    [
      'temperature',
      '400 ValidationException: The model returned the following errors: `temperature` is deprecated for this model.',
    ],
    [
      'temperature',
      "400: This model doesn't support the temperature field. Remove temperature and try again.",
    ],
    [
      'temperature',
      '400: `temperature` and `top_p` cannot both be specified for this model. Please use only one.',
    ],
    ['top_p', '400: `temperature` and `top_p` cannot both be specified for this model. Please use only one.'],
    ['temperature', '400: `temperature` may only be set to 1 when thinking is enabled.'],
    ['temperature', '400: invalid temperature: only 1 is allowed for this model'],
    ['presence_penalty', '400: Argument not supported on this model: presencePenalty'],
    ['presence_penalty', '400: Model grok-4-1-fast does not support parameter presencePenalty.'],
    ['store', "400: property 'store' is unsupported, did you mean 'stop'?"],
    ['max_completion_tokens', '422: body.max_completion_tokens: Extra inputs are not permitted'],
    [
      'max_completion_tokens',
      "400 BadRequestError: [{'type': 'extra_forbidden', 'loc': ('body', 'max_completion_tokens'), 'msg': 'Extra inputs are not permitted', 'input': 800}]",
    ],
    [
      'top_n',
      '400 INVALID_ARGUMENT: Invalid JSON payload received. Unknown name "top_n": Cannot find field.',
    ],
  ])('%s: %s', (name, message) => {
    expect(refuses(message, name)).toBe(true);
  });

  test.each([
    [
      'max_completion_tokens',
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    ],
    ['max_tokens', "Unsupported parameter: 'max_completion_tokens' is not supported. Use 'max_tokens'."],
    ['max_tokens', "This model's maximum context length is 4096 tokens, but max_tokens is 5000"],
    ['temperature', 'The temperature of the sea is not supported by evidence'],
    ['top', "Unknown parameter: 'top_p'."],
    ['stop', "property 'store' is unsupported, did you mean 'stop'?"],
  ])('but not %s: %s', (name, message) => {
    expect(refuses(message, name)).toBe(false);
  });
});

describe('a system message is refused', () => {
  test.each([
    "400 unsupported_value: Unsupported value: 'messages[0].role' does not support 'system' with this model.",
    '400 BadRequestError: System role not supported',
    '400 INVALID_ARGUMENT: Developer instruction is not enabled for models/gemma-3-27b-it',
    "400: This model doesn't support system messages. Try again without a system message",
    '400: Conversation roles must alternate user/assistant/user/assistant/...',
    '500: Value is not callable: Only user and assistant roles are supported!',
  ])('%s', (message) => {
    expect(refusesSystem(message)).toBe(true);
  });

  test.each(['500: the operating system is out of memory', '400: system_fingerprint is not known'])(
    'but not: %s',
    (message) => {
      expect(refusesSystem(message)).toBe(false);
    },
  );
});
