import { ProviderError } from '../../core/errors.ts';

/** Failures that have another reason, whatever words of the request their message repeats. */
const OTHER_CODES: ReadonlySet<string> = new Set([
  'context_too_long',
  'content_filtered',
  'request_too_large',
  'format_refused',
]);
const OTHER_STATUSES: ReadonlySet<number> = new Set([401, 402, 403, 408, 409, 413, 429, 502, 503, 504, 529]);

/** Whether a failure may be the endpoint's word on the form of the request. */
export function isRefusal(error: unknown): error is ProviderError {
  if (!(error instanceof ProviderError) || OTHER_CODES.has(error.code)) return false;
  const { status = 0 } = error;
  return status >= 400 && !OTHER_STATUSES.has(status);
}

/**
 * What stands before or after the name of a field that an endpoint does not take; `@` is the name, with whatever quotes.
 * The wordings, in this order, are those of OpenAI, Azure and Google; of xAI; of Groq and Anthropic; of Mistral, vLLM and
 * others built with pydantic; of vLLM as a list in a text; of Bedrock and xAI; of Anthropic (two that exclude each other; a
 * fixed value); of Moonshot.
 */
const WORDINGS = [
  '(unsupported|unrecogni[sz]ed|unknown|unexpected|invalid)( request)? (parameter|argument|field|name|key|keyword argument|value)s?( supplied)?:? @',
  'not supported (on|for|by|with) this model: @',
  '@( field| parameter| argument| option)? is (deprecated|(not |un|no longer )(supported|allowed|permitted|available|recogni[sz]ed))',
  '@: extra (inputs|fields) (are )?not (permitted|allowed)',
  'extra_forbidden.{0,40}@',
  "(does ?n[o'’]t|does not|do not|don't) support (the )?(parameter |field )?@",
  '@.{0,40} cannot (both )?be (specified|used|set)',
  '@ may only be set to',
  'invalid @: only ',
] as const;

/** Whether a message says that the endpoint does not take the field of this name, or not this value of it. */
export function refuses(message: string, name: string): boolean {
  return patternOf(name).test(message);
}

const PATTERNS = new Map<string, RegExp>();

function patternOf(name: string): RegExp {
  let pattern = PATTERNS.get(name);
  if (pattern === undefined) {
    // xAI and Google name fields in camel case, whichever way they were sent.
    const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const names = [...new Set([name, camel])].map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    const field = `(?<![\\w])(body\\.)?["'\`]?(${names.join('|')})["'\`]?(?![\\w])`;
    pattern = new RegExp(WORDINGS.map((wording) => wording.replace('@', field)).join('|'), 'i');
    PATTERNS.set(name, pattern);
  }
  return pattern;
}

/**
 * Whether a message says that there is no place for a system message: OpenAI's early reasoning models, Gemma's and Mistral's
 * chat templates as vLLM and llama.cpp pass them on, Gemma at Google, older models at Bedrock.
 */
export function refusesSystem(message: string): boolean {
  return SYSTEM.test(message);
}

const SYSTEM =
  /system (role|message|prompt|instruction)s?\b.{0,30}(not |un)(supported|enabled|allowed)|support ['"`]?system\b|developer instruction is not enabled|only user and assistant roles are supported|conversation roles must alternate/i;
