import { defineConfig } from 'vitest/config';

/** A file for the results as JSON, besides what is shown: `.ci/run` counts them. */
const { TEST_REPORT } = process.env;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Many tests wait for processes and servers of their own; one worker less than there are cores, which is
    // the usual number, would leave a small machine idle.
    maxWorkers: 4,
    // No test changes what its modules hold; loading them once a worker takes a fifth off the whole time.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    ...(TEST_REPORT ? { reporters: ['default', 'json'], outputFile: { json: TEST_REPORT } } : {}),
  },
});
