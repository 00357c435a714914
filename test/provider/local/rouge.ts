/** ROUGE F1 (Lin, 2004), without stemming; characters instead of words for Chinese and Japanese. */
export interface Rouge {
  readonly one: number;
  readonly two: number;
  readonly longest: number;
}

export function rouge(candidate: string, reference: string): Rouge {
  const a = tokens(candidate);
  const b = tokens(reference);
  return {
    one: overlap(a, b, 1),
    two: overlap(a, b, 2),
    longest: f1(longestCommon(a, b), a.length, b.length),
  };
}

const TOKEN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}]+/gu;

function tokens(text: string): string[] {
  return text.toLowerCase().match(TOKEN) ?? [];
}

function overlap(a: readonly string[], b: readonly string[], n: number): number {
  const counts = new Map<string, number>();
  for (const gram of grams(b, n)) counts.set(gram, (counts.get(gram) ?? 0) + 1);
  let shared = 0;
  for (const gram of grams(a, n)) {
    const left = counts.get(gram) ?? 0;
    if (left > 0) shared += 1;
    counts.set(gram, left - 1);
  }
  return f1(shared, a.length - n + 1, b.length - n + 1);
}

function grams(words: readonly string[], n: number): string[] {
  return words.slice(n - 1).map((_, at) => words.slice(at, at + n).join(' '));
}

function longestCommon(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const word of a) {
    const next = [0];
    b.forEach((other, at) => {
      next.push(word === other ? (row[at] ?? 0) + 1 : Math.max(row[at + 1] ?? 0, next[at] ?? 0));
    });
    row = next;
  }
  return row[b.length] ?? 0;
}

function f1(shared: number, ofCandidate: number, ofReference: number): number {
  return shared === 0 ? 0 : (2 * shared) / (ofCandidate + ofReference);
}
