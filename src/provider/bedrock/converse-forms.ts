import type { AnswerForms } from '../answer-format.ts';

/** The tool whose input is the answer, for models that take no schema for their text. */
export const ANSWER_TOOL = 'give_answer';

/** `outputConfig.textFormat` (Bedrock user guide, "Structured outputs"), else a tool that has to be used. */
export const converseForms: AnswerForms = {
  of: ({ name, schema }) => [
    {
      name: 'outputConfig.textFormat',
      body: {
        outputConfig: {
          textFormat: {
            type: 'json_schema',
            structure: { jsonSchema: { name, schema: JSON.stringify(schema) } },
          },
        },
      },
    },
    ...(schema.type === 'object' ? [{ name: 'a tool', body: toolBody(schema) }] : []),
  ],
  isNamedBy: ({ outputConfig, toolConfig }) => outputConfig !== undefined || toolConfig !== undefined,
};

function toolBody(schema: object): Readonly<Record<string, unknown>> {
  const toolSpec = { name: ANSWER_TOOL, description: 'Gives the answer.', inputSchema: { json: schema } };
  return { toolConfig: { tools: [{ toolSpec }], toolChoice: { tool: { name: ANSWER_TOOL } } } };
}
