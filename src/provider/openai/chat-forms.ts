import type { AnswerForms } from '../answer-format.ts';
import { isStrict } from './strict-schema.ts';

/** `response_format` of chat completions. */
export const chatForms: AnswerForms = {
  of: ({ name, schema }) => {
    const described = (strict: object) => ({
      response_format: { type: 'json_schema', json_schema: { name, schema, ...strict } },
    });
    return [
      ...(isStrict(schema) ? [{ name: 'json_schema with strict', body: described({ strict: true }) }] : []),
      { name: 'json_schema', body: described({}) },
      ...(schema.type === 'object'
        ? [{ name: 'json_object', body: { response_format: { type: 'json_object' } } }]
        : []),
    ];
  },
  isNamedBy: ({ response_format }) => response_format !== undefined,
};
