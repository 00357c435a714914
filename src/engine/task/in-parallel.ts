import PQueue from 'p-queue';

/**
 * Works at all items, at most `breadth` at once, and gives the results in their order. After a failure nothing more
 * is begun; what is begun comes to its end first, so that what it has cost is not lost. Rejects with the first failure.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  breadth: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const queue = new PQueue({ concurrency: breadth });
  const results: Result[] = [];
  let failure: { readonly error: unknown } | undefined;
  items.forEach((item, index) => {
    queue.add(async () => {
      try {
        results[index] = await work(item, index);
      } catch (error) {
        failure ??= { error };
        queue.clear();
      }
    });
  });
  await queue.onIdle();
  if (failure !== undefined) throw failure.error;
  return results;
}
