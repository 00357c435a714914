import type { Counting } from './entry.ts';
import { providerAt } from './find-provider.ts';

/** How the endpoint at a URL counts an answer's tokens against its limits. Of most nothing is published. */
export function countingOf(url: URL): Counting | undefined {
  return providerAt(url)?.counting;
}
