/** One line of the table that the benchmark prints. */
export interface Finding {
  readonly name: string;
  readonly value: string;
  readonly aim: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** The median, and where it is of several the least and the most. */
export function spread(values: readonly number[], format: (value: number) => string): string {
  const middle = format(median(values));
  if (values.length < 2) return middle;
  return `${middle} (${format(Math.min(...values))} to ${format(Math.max(...values))})`;
}

export function printFindings(findings: readonly Finding[]): void {
  const width = (pick: (finding: Finding) => string): number =>
    Math.max(...findings.map((finding) => pick(finding).length));
  const [name, value] = [width((finding) => finding.name), width((finding) => finding.value)];
  for (const finding of findings) {
    process.stdout.write(`${finding.name.padEnd(name)}  ${finding.value.padEnd(value)}  ${finding.aim}\n`);
  }
}
