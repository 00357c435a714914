import type { Prompt } from '../../../src/core/request.ts';

/** Four words around the text, in each step; what the step is stands at the beginning. */
export const stepPrompt: Prompt = {
  render: ({ text, fields, contentHash }, step) => {
    const body =
      step === undefined
        ? `whole: ${text}`
        : step.kind === 'map'
          ? `map ${step.part}/${step.parts}: ${text}`
          : step.kind === 'reduce'
            ? `reduce${step.last ? ' last' : ''}: ${step.answers.join(' | ')}`
            : `refine ${step.part}/${step.parts}: ${step.answer} + ${text}`;
    return {
      model: 'm',
      messages: [{ role: 'user', content: body }],
      params: {},
      document: { text, fields, contentHash },
    };
  },
};
