/**
 * Passes items on until the signal aborts, even while the next one is waited for. `close` is called
 * once, at the abort or at the end, instead of asking the source to end: one that waits cannot answer.
 */
export async function* untilAborted<T>(
  items: AsyncIterable<T>,
  signal: AbortSignal,
  close: () => void,
): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  let stopWaiting = (): void => {};
  let closed = false;
  const closeOnce = (): void => {
    if (!closed) close();
    closed = true;
  };
  const onAbort = (): void => {
    stopWaiting();
    closeOnce();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    while (!signal.aborted) {
      const next = await new Promise<IteratorResult<T> | undefined>((resolve, reject) => {
        stopWaiting = () => resolve(undefined);
        iterator.next().then(resolve, reject);
      });
      if (next === undefined || next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    closeOnce();
  }
}
