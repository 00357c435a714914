import { AppError } from '../core/errors.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { CompletionRequest, Prompt, PromptRecord, PromptStep } from '../core/request.ts';
import type { SummaryShape } from '../core/summary-shape.ts';
import { FORM_OPTIONS, type FormOptions, isGiven, stepShape } from './answer-form.ts';
import { defaultWording } from './default-wording.ts';
import type { Wording } from './wording.ts';

export interface PromptOptions extends FormOptions {
  readonly model: string;
  /** A Liquid template; without it, that of a preset. */
  readonly prompt?: string | undefined;
  /** Name of a built-in preset, or the path of a file. Default: `summary`. */
  readonly preset?: string | undefined;
  /** Where the path of a preset begins. Default: the current folder. */
  readonly cwd?: string | undefined;
  /** The variables of the preset. */
  readonly var?: Readonly<Record<string, string>> | undefined;
  /** The system message. It takes the place of the preset's. */
  readonly system?: string | undefined;
  /** Upper bound of the answer, in tokens. */
  readonly maxOutputTokens?: number | undefined;
  readonly temperature?: number | undefined;
  readonly params: Readonly<Record<string, Json>>;
}

/** A prompt that can tell what it makes its requests of. */
export interface DescribedPrompt extends Prompt {
  /** All that its requests have in common, in words. */
  readonly settings: JsonObject;
  /** The same of the requests about parts of texts, where there are any. */
  readonly stepSettings: JsonObject;
  /** Fields of a record, the text aside, on which its requests depend. */
  readonly usedFields: readonly string[];
}

/**
 * Makes the prompt of a run. Rejects with `usage` where a template is broken or uses nothing of the record, and for
 * options that contradict each other or change nothing.
 */
export async function createPrompt(options: PromptOptions): Promise<DescribedPrompt> {
  const { wording, shape } = await openWording(options);
  const common = requestSettings(options);
  return {
    settings: { ...common, ...wording.settings },
    stepSettings: wording.stepSettings,
    usedFields: wording.usedFields,
    render: (record, step) => {
      const own = stepShape(shape, step);
      return {
        ...common,
        messages: wording.write(record, step),
        ...(own !== undefined && { shape: own }),
        document: documentOf(record, step),
      };
    },
  };
}

interface Opened {
  readonly wording: Wording;
  readonly shape: SummaryShape;
}

/** Liquid is loaded only for those who use it. */
async function openWording(options: PromptOptions): Promise<Opened> {
  const { prompt, preset = 'summary', system } = options;
  if (prompt !== undefined) {
    refuseBesidePrompt(options);
    const { ownWording } = await import('./own-wording.ts');
    return { wording: ownWording(prompt, system), shape: {} };
  }
  if (preset === 'summary' && isPlain(options)) {
    return { wording: await defaultWording(system), shape: {} };
  }
  const { openPreset } = await import('./open-preset.ts');
  const wording = await openPreset(preset, options);
  return { wording, shape: wording.form.shape };
}

/** A prompt of one's own says all that itself. */
function refuseBesidePrompt(options: PromptOptions): void {
  const given =
    FORM_OPTIONS.find((name) => isGiven(options, name)) ??
    (['preset', 'var'] as const).find((name) => options[name] !== undefined);
  if (given === undefined) return;
  throw new AppError(
    'usage',
    `--prompt and --${given} contradict each other: a prompt of one's own is sent as it is`,
    {
      hint: `say it in the prompt itself, or make a preset of it: docs/presets.md`,
    },
  );
}

function isPlain(options: PromptOptions): boolean {
  const isFormed = FORM_OPTIONS.some((name) => isGiven(options, name));
  return !isFormed && Object.keys(options.var ?? {}).length === 0;
}

/** What is to be summarised. Only of a whole record is it known what its content is. */
function documentOf(
  { text, fields, contentHash }: PromptRecord,
  step: PromptStep | undefined,
): CompletionRequest['document'] {
  switch (step?.kind) {
    case undefined:
      return { text, fields, contentHash };
    case 'map':
      return { text, fields };
    case 'reduce':
      return { text: step.answers.join('\n\n'), fields };
    case 'refine':
      return { text: `${step.answer}\n\n${text}`, fields };
  }
}

function requestSettings(
  options: PromptOptions,
): Pick<CompletionRequest, 'model' | 'maxOutputTokens' | 'temperature' | 'params'> {
  const { model, maxOutputTokens, temperature, params } = options;
  return {
    model,
    params,
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
  };
}
