import type { AnswerForms } from '../answer-format.ts';
import { hasAny } from '../body-fields.ts';

const JSON_TYPE = { responseMimeType: 'application/json' };

/** `responseJsonSchema` (its API reference, GenerationConfig), else any JSON. */
export const contentForms: AnswerForms = {
  of: ({ schema }) => [
    {
      name: 'responseJsonSchema',
      body: { generationConfig: { ...JSON_TYPE, responseJsonSchema: schema } },
    },
    { name: 'responseMimeType', body: { generationConfig: JSON_TYPE } },
  ],
  isNamedBy: ({ generationConfig }) =>
    hasAny(generationConfig, [
      'responseMimeType',
      'responseSchema',
      'responseJsonSchema',
      '_responseJsonSchema',
    ]),
};
