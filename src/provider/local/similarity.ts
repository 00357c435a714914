/** How alike sentences are: the cosine of their terms, each weighted by how few sentences have it. */
export class Similarity {
  readonly size: number;
  readonly #values: Float64Array;

  /** Takes the terms of each sentence. Memory grows with the square of their number. */
  constructor(sentences: readonly (readonly string[])[]) {
    this.size = sentences.length;
    this.#values = new Float64Array(this.size * this.size);
    this.#addProducts(postingsOf(sentences));
    this.#normalise();
  }

  /** 0 (nothing shared) to 1. */
  between(a: number, b: number): number {
    return this.#values[a * this.size + b] ?? 0;
  }

  #addProducts(postings: Iterable<Map<number, number>>): void {
    for (const posting of postings) {
      const weight = Math.log(1 + this.size / posting.size) ** 2;
      const entries = [...posting];
      for (const [a, countA] of entries) {
        for (const [b, countB] of entries) {
          const at = a * this.size + b;
          this.#values[at] = (this.#values[at] ?? 0) + weight * countA * countB;
        }
      }
    }
  }

  #normalise(): void {
    const norms = Array.from({ length: this.size }, (_, at) => Math.sqrt(this.between(at, at)));
    norms.forEach((normA, a) => {
      norms.forEach((normB, b) => {
        const at = a * this.size + b;
        const product = this.#values[at] ?? 0;
        this.#values[at] = product === 0 ? 0 : product / (normA * normB);
      });
    });
  }
}

/** For each term the sentences that have it, with how often. */
function postingsOf(sentences: readonly (readonly string[])[]): Iterable<Map<number, number>> {
  const postings = new Map<string, Map<number, number>>();
  sentences.forEach((terms, at) => {
    for (const term of terms) {
      const posting = postings.get(term) ?? new Map<number, number>();
      posting.set(at, (posting.get(at) ?? 0) + 1);
      postings.set(term, posting);
    }
  });
  return postings.values();
}
