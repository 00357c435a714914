import type { Completion, CompletionRequest, Provider } from '../../core/request.ts';

/** What an answer has to hold at least: its text. `finish` is a whole answer, `usage` unknown, where left out. */
export type OwnCompletion = Pick<Completion, 'text'> & Partial<Completion>;

/**
 * An endpoint of your own. One attempt a call: no sleeping, no retrying. What it throws is a `ProviderError`, or an error
 * with a `status`, a `retryAfterMs` or a `code` of docs/errors.md; see docs/own-provider.md.
 */
export interface OwnProvider {
  readonly name: string;
  /** How the endpoint counts an answer's tokens against its limits. Default: not known. */
  readonly counting?: Provider['counting'];
  attempt(request: CompletionRequest, signal: AbortSignal): Promise<OwnCompletion>;
  close?(): Promise<void> | void;
}

/** What `createProvider` of a module is called with. */
export interface OwnProviderOptions {
  /** `--model`; else the name of the module. */
  readonly model: string;
  /** `--base-url`, without a slash at its end. */
  readonly baseUrl?: string | undefined;
  /** The key of `--api-key-file`, `--api-key-env` or `GISTMILL_API_KEY`. */
  readonly apiKey?: string | undefined;
  /** Most requests in flight, or `auto`. */
  readonly concurrency: number | 'auto';
  /** The environment, with the variables of the `.env` file. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What a module exports, by default or as `createProvider`: a provider, or what makes one. */
export type CreateOwnProvider = (options: OwnProviderOptions) => OwnProvider | Promise<OwnProvider>;
