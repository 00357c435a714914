import { expect, it } from 'vitest';
import { openMock } from './ask-mock.ts';

const LATENCY_MS = 40;

// Times are bounded from below alone: a busy machine makes them longer, never shorter.
it('does no more at once than the knee, however many ask', async () => {
  const latency = { kind: 'uniform', minMs: LATENCY_MS, maxMs: LATENCY_MS } as const;
  const { server, chat } = await openMock({ knee: 2, latency });
  await Promise.all(Array.from({ length: 8 }, (_, i) => chat(`text ${i}`)));
  const { firstArrivalMs, lastEndMs } = server.stats();
  expect(lastEndMs - firstArrivalMs).toBeGreaterThanOrEqual((8 / 2) * LATENCY_MS - 2);
});
