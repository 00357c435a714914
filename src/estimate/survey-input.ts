import type { Random } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { InputRow, Source } from '../core/record.ts';
import type { Completion, CompletionRequest } from '../core/request.ts';
import type { Task } from '../engine/task/task.ts';
import type { TokenCounter } from '../tokens/token-counter.ts';
import { billedTexts, type EndpointShape, tokensAround } from './billed-texts.ts';
import { Reservoir } from './reservoir.ts';
import { type Script, scriptOf } from './script.ts';
import { type CountedRequest, TokenFit } from './token-fit.ts';

export interface SurveyParts {
  readonly source: Source;
  /** What a run would do with each record: it is done here too, with answers that say nothing. */
  readonly task: Task;
  /** Tokens of such an answer. */
  readonly answerTokens: number;
  readonly counter: TokenCounter;
  readonly shape: EndpointShape;
  readonly random: Random;
  /** Most requests whose sizes are kept; of more, a fair sample. */
  readonly keep: number;
}

/** How long a request is. */
export interface RequestSize {
  readonly characters: number;
  readonly inputTokens: number;
}

export interface Survey {
  /** All records, broken ones included. */
  readonly records: number;
  /** Records that cannot become a request, by error code. */
  readonly broken: ReadonlyMap<string, number>;
  readonly requests: number;
  readonly inputTokens: number;
  /** 95 % bound of the error of `inputTokens`, in tokens; 0 where all were counted. */
  readonly inputError: number;
  /** Requests whose tokens were counted; those of the others follow from their length. */
  readonly counted: number;
  readonly sizes: readonly RequestSize[];
}

/** Requests whose tokens are counted, at the least and as a sample of more. */
const COUNTED = 2000;
/** Characters that are counted whole in all; of longer texts after that only parts are. */
const WHOLE_IN_ALL = 8_000_000;
const WHOLE = 16_000;
const PARTS = 4;

/** Reads the input to its end, once, and tells how many requests of what size it makes. */
export async function surveyInput(parts: SurveyParts): Promise<Survey> {
  const surveyor = new Surveyor(parts);
  for await (const row of parts.source.rows(new AbortController().signal)) await surveyor.take(row);
  return surveyor.finish();
}

interface Measured {
  readonly script: Script;
  readonly characters: number;
}

class Surveyor {
  readonly #parts: SurveyParts;
  readonly #broken = new Map<string, number>();
  readonly #counted: Reservoir<CountedRequest>;
  readonly #sizes: Reservoir<Measured>;
  readonly #totals = new Map<Script, { requests: number; characters: number }>();
  #records = 0;
  #charactersCounted = 0;
  readonly #answer: Completion;

  constructor(parts: SurveyParts) {
    this.#parts = parts;
    this.#counted = new Reservoir(COUNTED, parts.random);
    this.#sizes = new Reservoir(parts.keep, parts.random);
    this.#answer = { text: ' word'.repeat(parts.answerTokens), finish: { unified: 'stop' }, usage: {} };
  }

  async take(row: InputRow): Promise<void> {
    this.#records += 1;
    if (!row.ok) {
      this.#break(row.broken.error);
      return;
    }
    try {
      await this.#parts.task.run(row.record, (request) => {
        this.#measure(request);
        return Promise.resolve(this.#answer);
      });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#break(error);
    }
  }

  finish(): Survey {
    const counted = this.#counted.items;
    const fit = new TokenFit(counted);
    const requests = sum([...this.#totals.values()].map((total) => total.requests));
    const isWhole = requests <= COUNTED;
    return {
      records: this.#records,
      broken: this.#broken,
      requests,
      ...(isWhole
        ? { inputTokens: sum(counted.map(({ tokens }) => tokens)), inputError: 0 }
        : this.#total(fit)),
      counted: counted.length,
      sizes: isWhole
        ? counted.map(({ characters, tokens }) => ({ characters, inputTokens: tokens }))
        : this.#sizes.items.map(({ script, characters }) => ({
            characters,
            inputTokens: fit.tokens(script, characters),
          })),
    };
  }

  #total(fit: TokenFit): Pick<Survey, 'inputTokens' | 'inputError'> {
    const scripts = [...this.#totals];
    return {
      inputTokens: sum(
        scripts.map(([script, { requests, characters }]) => fit.total(script, requests, characters)),
      ),
      inputError: Math.sqrt(sum(scripts.map(([script, { requests }]) => fit.squaredError(script, requests)))),
    };
  }

  #measure(request: CompletionRequest): void {
    const texts = billedTexts(this.#parts.shape, request);
    const characters = sum(texts.map((text) => text.length));
    const script = scriptOf(request.document.text);
    const total = this.#totals.get(script) ?? { requests: 0, characters: 0 };
    total.requests += 1;
    total.characters += characters;
    this.#totals.set(script, total);
    this.#sizes.offer(() => ({ script, characters }));
    this.#counted.offer(() => {
      const tokens = tokensAround(this.#parts.shape, request) + sum(texts.map((text) => this.#count(text)));
      return { script, characters, tokens };
    });
  }

  #count(text: string): number {
    const { counter } = this.#parts;
    this.#charactersCounted += text.length;
    if (text.length <= WHOLE || this.#charactersCounted <= WHOLE_IN_ALL) return counter.count(text);
    const length = WHOLE / PARTS;
    const step = (text.length - length) / (PARTS - 1);
    let tokens = 0;
    for (let i = 0; i < PARTS; i++) {
      const from = Math.floor(i * step);
      tokens += counter.count(text.slice(from, from + length));
    }
    return Math.round((tokens * text.length) / WHOLE);
  }

  #break({ code }: AppError): void {
    this.#broken.set(code, (this.#broken.get(code) ?? 0) + 1);
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
