import type { Env } from '../config/env-file.ts';
import type { Endpoint } from '../config/resolve-endpoint.ts';
import type { RunOptions } from '../config/run-options.ts';
import { type AppError, ProviderError, toAppError } from '../core/errors.ts';
import { failureRule } from '../core/failures.ts';
import type { Completion, CompletionRequest, LimitHint, Provider } from '../core/request.ts';
import { openProvider } from '../provider/open-provider.ts';
import type { Check } from './check.ts';

export interface RequestChecked {
  readonly checks: readonly Check[];
  readonly limits: readonly LimitHint[];
  /** Something answered, so that its headers were seen. */
  readonly hasAnswered: boolean;
}

/** The least that OpenAI's responses API takes. */
const MOST_TOKENS = 16;
/** As many forms of a request as a run tries. */
const MOST_FORMS = 8;
const TEXT = 'The ferry stops at noon. Take the bridge instead.';

/** Sends one request as a run would, with the parameters that are set by hand, and tells how it went. */
export async function checkRequest(
  options: RunOptions,
  endpoint: Endpoint,
  env: Env,
): Promise<RequestChecked> {
  let provider: Provider;
  try {
    provider = await openProvider({ ...options, ...endpoint, env });
  } catch (error) {
    return { checks: [failed(toAppError(error), 2)], limits: [], hasAnswered: false };
  }
  try {
    return await ask(provider, requestFor(options, endpoint), options.timeout);
  } finally {
    await provider.close();
  }
}

function requestFor({ temperature, param }: RunOptions, { model }: Endpoint): CompletionRequest {
  return {
    model,
    messages: [{ role: 'user', content: `Say in five words what this is about: ${TEXT}` }],
    maxOutputTokens: MOST_TOKENS,
    ...(temperature !== undefined && { temperature }),
    params: param ?? {},
    document: { text: TEXT, fields: { text: TEXT } },
  };
}

async function ask(
  provider: Provider,
  request: CompletionRequest,
  timeoutMs: number,
): Promise<RequestChecked> {
  const notes: Check[] = [];
  const signal = AbortSignal.timeout(timeoutMs);
  for (let form = 1; ; form++) {
    const began = performance.now();
    try {
      const answer = await provider.attempt(request, signal);
      const ms = Math.round(performance.now() - began);
      const check: Check = { name: 'request', status: 'ok', text: `answered in ${ms} ms${facts(answer)}` };
      return { checks: [...notes, check], limits: answer.limits ?? [], hasAnswered: true };
    } catch (thrown) {
      const error = signal.aborted ? late(timeoutMs) : toAppError(thrown);
      if (error.code === 'format_refused' && form < MOST_FORMS) {
        notes.push({ name: 'request', status: 'note', text: error.message });
        continue;
      }
      const isProviders = error instanceof ProviderError;
      const hasAnswered = isProviders && error.status !== undefined;
      return { checks: [...notes, judge(error)], limits: (isProviders && error.limits) || [], hasAnswered };
    }
  }
}

function facts({ usage, model, finish }: Completion): string {
  const { inputTokens, outputTokens } = usage;
  const tokens =
    inputTokens === undefined || outputTokens === undefined
      ? ', without telling what it used'
      : `, ${inputTokens} tokens in and ${outputTokens} out`;
  const cut = finish.unified === 'length' ? ' (cut off there, as asked)' : '';
  return `${tokens}${cut}${model === undefined ? '' : `; it calls itself ${model}`}`;
}

function late(timeoutMs: number): AppError {
  return new ProviderError('timeout', `no complete answer within ${timeoutMs / 1000} s (--timeout)`);
}

/** What a failure says of the endpoint: some are as good as an answer, some pass by themselves. */
function judge(error: AppError): Check {
  const { code, message } = error;
  if (code === 'output_budget_spent') {
    return { name: 'request', status: 'ok', text: `answered; all ${MOST_TOKENS} tokens went into thinking` };
  }
  if (code === 'rate_limited' || code === 'overloaded') {
    return {
      name: 'request',
      status: 'warning',
      text: `the endpoint is reached, but asks to slow down: ${message}`,
    };
  }
  if (code === 'content_filtered' || code === 'empty_answer') {
    return {
      name: 'request',
      status: 'warning',
      text: `the endpoint is reached, but gave no text: ${message}`,
    };
  }
  const { scope, exitCode } = failureRule(code);
  return failed(error, scope === 'run' && exitCode === 2 ? 2 : 3);
}

function failed({ message, hint }: AppError, exitCode: 2 | 3): Check {
  return { name: 'request', status: 'failed', exitCode, text: message, ...(hint !== undefined && { hint }) };
}
