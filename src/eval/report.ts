import type { Extractiveness } from './extractiveness.ts';
import type { Rouge, Score } from './rouge.ts';

/** A sum that knows its mean. */
class Mean {
  #sum = 0;
  #count = 0;

  add(value: number): void {
    this.#sum += value;
    this.#count += 1;
  }

  get count(): number {
    return this.#count;
  }

  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }
}

class ScoreMean {
  readonly #precision = new Mean();
  readonly #recall = new Mean();
  readonly #f = new Mean();

  add({ precision, recall, f }: Score): void {
    this.#precision.add(precision);
    this.#recall.add(recall);
    this.#f.add(f);
  }

  get count(): number {
    return this.#f.count;
  }

  get mean(): Score {
    return { precision: this.#precision.mean, recall: this.#recall.mean, f: this.#f.mean };
  }
}

/** What `gistmill eval` found; all means are over records. */
export class Report {
  /** Rows that are failures. */
  failed = 0;
  /** Lines that are no rows. */
  unreadable = 0;
  withoutReference = 0;
  withoutText = 0;
  /** Summaries whose record is not in the input. */
  withoutRecord = 0;
  readonly #words = new Mean();
  readonly #rouge = { rouge1: new ScoreMean(), rouge2: new ScoreMean(), rougeL: new ScoreMean() };
  readonly #compression = new Mean();
  readonly #coverage = new Mean();
  readonly #density = new Mean();

  addSummary(words: number): void {
    this.#words.add(words);
  }

  addRouge(scores: Rouge): void {
    this.#rouge.rouge1.add(scores.rouge1);
    this.#rouge.rouge2.add(scores.rouge2);
    this.#rouge.rougeL.add(scores.rougeL);
  }

  addExtractiveness({ compression, coverage, density }: Extractiveness): void {
    this.#compression.add(compression);
    this.#coverage.add(coverage);
    this.#density.add(density);
  }

  /** Summaries that were measured in any way. */
  get summaries(): number {
    return this.#words.count;
  }

  /** The report as `--json` prints it. What was not measured is left out. */
  toJSON() {
    const { rouge1, rouge2, rougeL } = this.#rouge;
    return {
      summaries: this.summaries,
      failed: this.failed,
      unreadable: this.unreadable,
      without_record: this.withoutRecord,
      words: { mean: round(this.#words.mean) },
      ...(rouge1.count + this.withoutReference > 0 && {
        rouge: {
          references: rouge1.count,
          missing: this.withoutReference,
          ...(rouge1.count > 0 && {
            rouge1: rounded(rouge1.mean),
            rouge2: rounded(rouge2.mean),
            rougeL: rounded(rougeL.mean),
          }),
        },
      }),
      ...(this.#compression.count > 0 && {
        text: {
          texts: this.#compression.count,
          compression: round(this.#compression.mean),
          coverage: round(this.#coverage.mean),
          density: round(this.#density.mean),
        },
      }),
    };
  }
}

export type ReportJson = ReturnType<Report['toJSON']>;

function rounded({ precision, recall, f }: Score): Score {
  return { precision: round(precision), recall: round(recall), f: round(f) };
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
