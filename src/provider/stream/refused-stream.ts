import { ProviderError } from '../../core/errors.ts';

/** Statuses under which endpoints refuse what a request holds: of Mistral and others built with pydantic the last. */
const STATUSES: ReadonlySet<number | undefined> = new Set([400, 404, 422]);

/**
 * How endpoints say that they do not stream, or not this model, or not to this account: OpenAI to organisations that are
 * not verified; OpenAI and Azure of single models; Bedrock, vLLM and gateways in general words.
 */
const NO_STREAMS =
  /verified to stream|['"`]?stream(ing)?['"`]?( parameter| responses?)? (is|are) (not |un)(supported|available|allowed|enabled)|(does not|doesn['’]t|do not|don['’]t) support (['"`]stream['"`]|stream(s|ing)?\b(?! ?options))|unsupported (value|parameter): ['"`]stream['"`]/i;

/** Whether a failure is the endpoint's word that it does not take this field, which only streams have. */
export function refusesExtra(error: unknown, name: string): boolean {
  return isRefusal(error) && error.message.includes(name);
}

export function refusesStreams(error: unknown): error is ProviderError {
  return isRefusal(error) && NO_STREAMS.test(error.message);
}

function isRefusal(error: unknown): error is ProviderError {
  return error instanceof ProviderError && error.code !== 'format_refused' && STATUSES.has(error.status);
}
