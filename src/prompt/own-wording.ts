import type { PromptStep } from '../core/request.ts';
import { isFinal } from './answer-form.ts';
import { GENERIC_REDUCE, GENERIC_REFINE, TEXT_PLACEHOLDER } from './generic-steps.ts';
import { compileLiquid } from './liquid-engine.ts';
import { compileTemplate, templateFields } from './liquid-template.ts';
import { messagesOf, stepSettings, type Wording } from './wording.ts';

/**
 * A prompt of the user's own: sent as it is, each part of a long text in place of the text. How the answers about
 * the parts are joined is said around it. Throws `usage` for a template that is broken or uses nothing of the record.
 */
export function ownWording(template: string, system: string | undefined): Wording {
  const write = compileTemplate(template);
  const join = genericSteps();
  return {
    write: (record, step) =>
      messagesOf(
        system,
        step === undefined || step.kind === 'map'
          ? write(record)
          : join(record.text, step, write({ ...record, text: TEXT_PLACEHOLDER })),
      ),
    settings: { prompt: template, ...(system !== undefined && { system }) },
    stepSettings: stepSettings(GENERIC_REDUCE, GENERIC_REFINE),
    usedFields: templateFields(template),
  };
}

type JoiningStep = Exclude<PromptStep, { readonly kind: 'map' }>;

/** Writes the steps that join answers for a job that has no words of its own for that. */
export function genericSteps(): (text: string, step: JoiningStep, instruction: string) => string {
  const reduce = compileLiquid(GENERIC_REDUCE, 'the step reduce');
  const refine = compileLiquid(GENERIC_REFINE, 'the step refine');
  return (text, step, instruction) =>
    (step.kind === 'reduce' ? reduce : refine).fill({
      text,
      step: { ...step, final: isFinal(step), instruction },
    });
}
