import type { AnswerForms } from '../answer-format.ts';
import { hasAny } from '../body-fields.ts';

/** The tool whose input is the answer, for models that take no schema for their text. */
export const ANSWER_TOOL = 'give_answer';

/** `output_config.format` (its documentation, "Structured outputs"), else a tool that has to be used. */
export const messageForms: AnswerForms = {
  of: ({ schema }) => [
    {
      name: 'output_config.format',
      body: { output_config: { format: { type: 'json_schema', schema } } },
    },
    ...(schema.type === 'object' ? [{ name: 'a tool', body: toolBody(schema) }] : []),
  ],
  isNamedBy: ({ output_config, output_format, tools, tool_choice }) =>
    hasAny(output_config, ['format']) || [output_format, tools, tool_choice].some((own) => own !== undefined),
};

function toolBody(schema: object): Readonly<Record<string, unknown>> {
  return {
    tools: [{ name: ANSWER_TOOL, description: 'Gives the answer.', input_schema: schema }],
    tool_choice: { type: 'tool', name: ANSWER_TOOL },
  };
}
