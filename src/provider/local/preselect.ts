/** Most sentences that are compared with each other. */
const MOST_COMPARED = 400;
const SECTIONS = 40;

/**
 * Positions, in order, of at most `MOST_COMPARED` sentences: those of each fortieth of the text that share most with
 * the text as a whole. Takes time linear in the number of terms.
 */
export function preselect(sentences: readonly (readonly string[])[]): number[] {
  const all = [...sentences.keys()];
  if (all.length <= MOST_COMPARED) return all;
  const counts = new Map<string, number>();
  for (const term of sentences.flat()) counts.set(term, (counts.get(term) ?? 0) + 1);
  const worth = sentences.map((terms) => {
    const unique = new Set(terms);
    let sum = 0;
    for (const term of unique) sum += Math.log(counts.get(term) ?? 1);
    return sum / Math.sqrt(unique.size + 5);
  });
  const perSection = MOST_COMPARED / SECTIONS;
  return Array.from({ length: SECTIONS }, (_, section) => {
    const from = Math.floor((section * all.length) / SECTIONS);
    const to = Math.floor(((section + 1) * all.length) / SECTIONS);
    const best = all.slice(from, to).sort((a, b) => (worth[b] ?? 0) - (worth[a] ?? 0));
    return best.slice(0, perSection).sort((a, b) => a - b);
  }).flat();
}
