import { defineConfig } from 'vitest/config';

/** A file for the results as JSON, besides what is shown: `.ci/run` counts them. */
const { TEST_REPORT } = process.env;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    ...(TEST_REPORT ? { reporters: ['default', 'json'], outputFile: { json: TEST_REPORT } } : {}),
  },
});
