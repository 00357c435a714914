import { SCRIPTS, type Script } from './script.ts';

/** A request whose tokens were counted. */
export interface CountedRequest {
  readonly script: Script;
  readonly characters: number;
  readonly tokens: number;
}

/** How tokens follow from characters, in one script. */
interface Line {
  readonly base: number;
  readonly perCharacter: number;
  /** Standard deviation of what the line misses, in tokens. */
  readonly spread: number;
  readonly counted: number;
}

/** From this many requests on, a line is fitted with a base of its own: the prompt around the text. */
const LEAST_FOR_BASE = 10;
/** Half the width of a 95 % interval, in standard errors. */
const Z_95 = 1.96;

/** Estimates tokens from characters, by least squares within each script (the regression estimator of sampling theory). */
export class TokenFit {
  readonly #lines: ReadonlyMap<Script, Line>;
  readonly #any: Line;

  constructor(counted: readonly CountedRequest[]) {
    this.#any = fitLine(counted);
    this.#lines = new Map(
      SCRIPTS.flatMap((script) => {
        const own = counted.filter((request) => request.script === script);
        return own.length === 0 ? [] : [[script, fitLine(own)] as const];
      }),
    );
  }

  tokens(script: Script, characters: number): number {
    const { base, perCharacter } = this.#line(script);
    return Math.max(1, Math.round(base + perCharacter * characters));
  }

  /** Tokens of many requests together. */
  total(script: Script, requests: number, characters: number): number {
    const { base, perCharacter } = this.#line(script);
    return Math.round(base * requests + perCharacter * characters);
  }

  /** 95 % bound of the error of a sum over `requests` requests, in tokens; squared, so that it adds up. */
  squaredError(script: Script, requests: number): number {
    const { spread, counted } = this.#line(script);
    if (requests <= counted) return 0;
    return (Z_95 * requests * spread) ** 2 * (1 / counted - 1 / requests);
  }

  #line(script: Script): Line {
    return this.#lines.get(script) ?? this.#any;
  }
}

function fitLine(requests: readonly CountedRequest[]): Line {
  const n = requests.length;
  if (n === 0) return { base: 0, perCharacter: 0, spread: 0, counted: 0 };
  const meanX = mean(requests.map(({ characters }) => characters));
  const meanY = mean(requests.map(({ tokens }) => tokens));
  const covariance = mean(requests.map(({ characters, tokens }) => (characters - meanX) * (tokens - meanY)));
  const variance = mean(requests.map(({ characters }) => (characters - meanX) ** 2));
  const hasBase = n >= LEAST_FOR_BASE && variance > 0 && covariance > 0;
  const perCharacter = hasBase ? covariance / variance : meanY / Math.max(1, meanX);
  const base = hasBase ? meanY - perCharacter * meanX : 0;
  const squares = requests.map(({ characters, tokens }) => (tokens - base - perCharacter * characters) ** 2);
  return { base, perCharacter, spread: Math.sqrt(mean(squares)), counted: n };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
