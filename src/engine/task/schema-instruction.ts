import type { AnswerSchema, CompletionRequest, Message, Prompt, PromptStep } from '../../core/request.ts';

/**
 * A prompt whose final answers are to be JSON of this schema: endpoints are bound to it where they can be, and told
 * of it in words where they cannot. What is asked for on the way, about a part of a text, stays prose.
 */
export function withSchema(prompt: Prompt, schema: AnswerSchema): Prompt {
  const instruction = instructionOf(schema);
  return {
    render: (record, step) => {
      const request = prompt.render(record, step);
      return isFinal(step) ? bound(request, schema, instruction) : request;
    },
  };
}

function isFinal(step: PromptStep | undefined): boolean {
  switch (step?.kind) {
    case undefined:
      return true;
    case 'map':
      return false;
    case 'reduce':
      return step.last;
    case 'refine':
      return step.part === step.parts;
  }
}

function instructionOf({ schema }: AnswerSchema): string {
  return `Answer with nothing but one JSON value that is valid under this JSON Schema, without code fences and without a word before or after it:\n${JSON.stringify(schema)}`;
}

function bound(request: CompletionRequest, schema: AnswerSchema, instruction: string): CompletionRequest {
  return { ...request, schema, messages: instructed(request.messages, instruction) };
}

/** Into the system message, since some models take but one; before all others where there is none. */
function instructed(messages: readonly Message[], instruction: string): readonly Message[] {
  const [first, ...rest] = messages;
  if (first?.role !== 'system') return [{ role: 'system', content: instruction }, ...messages];
  return [{ ...first, content: `${first.content}\n\n${instruction}` }, ...rest];
}
