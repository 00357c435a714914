/**
 * The candidate that `name` was most likely meant to be, or undefined where none is near enough: at most
 * two slips, and fewer than half of its letters. Case, dashes and underscores do not count.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = squash(name);
  let best: string | undefined;
  let bestDistance = Math.min(2, Math.floor((wanted.length - 1) / 2)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, squash(candidate));
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

function squash(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '').slice(0, 64);
}

/** Letters inserted, dropped, replaced or swapped with their neighbour (optimal string alignment). */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped && row > 1 && column > 1 ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? 0;
}
