/** Shares from 0 to 1. */
export interface Score {
  readonly precision: number;
  readonly recall: number;
  /** Their harmonic mean. */
  readonly f: number;
}

export interface Rouge {
  readonly rouge1: Score;
  readonly rouge2: Score;
  readonly rougeL: Score;
}

/** Tokens of either text that ROUGE-L looks at: its time grows with the product. 4,000 by 4,000 take about 0.1 s. */
const LONGEST = 4_000;

/**
 * ROUGE-1, ROUGE-2 and ROUGE-L of one candidate against one reference (C.-Y. Lin, "ROUGE: A Package for Automatic
 * Evaluation of Summaries", 2004); ROUGE-L by the longest common subsequence of the whole texts, as `rougeL` in
 * Google's `rouge_score`. Of texts without tokens all scores are 0.
 */
export function rouge(candidate: readonly string[], reference: readonly string[]): Rouge {
  const [a, b] = [candidate.slice(0, LONGEST), reference.slice(0, LONGEST)];
  return {
    rouge1: sharedGrams(candidate, reference, 1),
    rouge2: sharedGrams(candidate, reference, 2),
    rougeL: score(longestCommon(a, b), a.length, b.length),
  };
}

function sharedGrams(candidate: readonly string[], reference: readonly string[], n: number): Score {
  const left = new Map<string, number>();
  for (const gram of grams(reference, n)) left.set(gram, (left.get(gram) ?? 0) + 1);
  let shared = 0;
  for (const gram of grams(candidate, n)) {
    const count = left.get(gram) ?? 0;
    if (count > 0) shared += 1;
    left.set(gram, count - 1);
  }
  return score(shared, candidate.length - n + 1, reference.length - n + 1);
}

function grams(tokens: readonly string[], n: number): readonly string[] {
  if (n === 1) return tokens;
  return tokens.slice(n - 1).map((_, at) => tokens.slice(at, at + n).join(' '));
}

/** Length of the longest common subsequence: one row of the table at a time. */
function longestCommon(a: readonly string[], b: readonly string[]): number {
  const numbers = new Map<string, number>();
  const numbered = (tokens: readonly string[]): Uint32Array =>
    Uint32Array.from(tokens, (token) => {
      const known = numbers.get(token) ?? numbers.size;
      numbers.set(token, known);
      return known;
    });
  const [rows, columns] = [numbered(a), numbered(b)];
  const lengths = new Uint16Array(columns.length + 1);
  for (const token of rows) {
    let diagonal = 0;
    for (let at = 1; at <= columns.length; at++) {
      const above = lengths[at] ?? 0;
      lengths[at] = token === columns[at - 1] ? diagonal + 1 : Math.max(above, lengths[at - 1] ?? 0);
      diagonal = above;
    }
  }
  return lengths[columns.length] ?? 0;
}

function score(shared: number, inCandidate: number, inReference: number): Score {
  if (shared === 0) return { precision: 0, recall: 0, f: 0 };
  const precision = shared / inCandidate;
  const recall = shared / inReference;
  return { precision, recall, f: (2 * precision * recall) / (precision + recall) };
}
