import { defineConfig } from 'vitest/config';

/** What is waited for comes within milliseconds, but not on a machine that is busy with others. */
const patience = { expect: { poll: { timeout: 20_000 } }, testTimeout: 30_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...patience,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/integration/**'],
          globalSetup: ['test/support/builtKernels.ts'],
        },
      },
      {
        test: {
          ...patience,
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/support/builtKernels.ts', 'test/support/globalSetup.ts'],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
