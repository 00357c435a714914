/** What goes over the wire. Each has its code in the provider room. */
export type Wire =
  | 'openai'
  | 'openai-responses'
  | 'anthropic'
  | 'gemini'
  | 'bedrock'
  | 'ollama'
  | 'azure'
  | 'http'
  | 'local';

/** How the endpoint counts an answer's tokens against its limits; see `Provider`. */
export type Counting = 'max-output' | 'actual';

/** What an endpoint is known not to take, so that no request has to fail for it. */
export interface Dialect {
  /** Models that it holds for. Default: all. */
  readonly models?: RegExp;
  /** The name under which the longest answer is asked for. Default: `max_tokens`. */
  readonly maxTokensParam?: 'max_completion_tokens';
  /** A temperature is refused. */
  readonly noTemperature?: true;
  /** The one value of `response_format` that it takes. Default: whatever it does not refuse. */
  readonly responseFormat?: 'json_object';
}

/** A provider known by name. */
export interface CatalogEntry {
  /** As `--provider` takes it, and as it stands before the slash in `--model groq/llama-3.3-70b`. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly wire: Wire;
  /**
   * The URL without a slash at its end; `{region}` stands for the region. Missing where the user has to give it, and
   * for what is no endpoint.
   */
  readonly baseUrl?: string;
  /** It runs wherever the user has put it; `baseUrl` is where its documentation has it listen. */
  readonly selfHosted?: true;
  /** Shape of the URL that the user has to give. */
  readonly urlExample?: string;
  /** Variable that names another URL, as the provider's own tools read it. */
  readonly urlVariable?: string;
  /** Hosts besides that of `baseUrl` to which its key may go. */
  readonly hosts?: RegExp;
  /** Variables that hold its key, the first that is set counts. */
  readonly keyVariables: readonly string[];
  readonly needsKey: boolean;
  /** Default: not known. */
  readonly counting?: Counting;
  /** Its name in the price table, where the table does not know its URL. */
  readonly priceId?: string;
  readonly dialects?: readonly Dialect[];
  /** The documentation that this is from. */
  readonly source: string;
}
