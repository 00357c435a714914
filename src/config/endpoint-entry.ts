/** What one `--endpoint` says. What is not set is taken from the options of the run. */
export interface EndpointEntry {
  readonly name?: string;
  /** Its share of what any of several could take. Default 1. */
  readonly weight?: number;
  /** Asked only where the others refuse a text, or are gone. */
  readonly fallback?: boolean;
  readonly provider?: string;
  readonly model?: string;
  readonly baseUrl?: string;
  readonly apiVersion?: string;
  readonly region?: string;
  readonly url?: string;
  readonly body?: string;
  readonly bodyType?: 'json' | 'form';
  readonly responsePath?: string;
  readonly apiKeyFile?: string;
  readonly apiKeyEnv?: string;
  readonly concurrency?: number | 'auto';
  readonly maxConcurrency?: number;
  readonly rpm?: number;
  readonly tpm?: number;
  readonly inputTpm?: number;
  readonly outputTpm?: number;
  readonly rpd?: number;
  readonly tpd?: number;
  /** USD per million tokens. */
  readonly priceIn?: number;
  readonly priceOut?: number;
}
