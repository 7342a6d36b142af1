import { randomInt } from 'node:crypto';
import { defineConfig } from 'vitest/config';
import { OrderedSequencer } from './test/support/orderedSequencer.ts';

/** Seed of what tests draw at random. TEST_SEED repeats the draws of an earlier run (test/support/draws.ts). */
process.env['TEST_SEED'] ??= String(randomInt(2 ** 31));

/**
 * The longest time for a test, a hook or a wait. Each takes seconds on a busy machine, so only a hang exceeds these times.
 * No test and no hook sets a shorter time.
 */
const patience = {
  testTimeout: 600_000,
  hookTimeout: 600_000,
  expect: { poll: { timeout: 300_000 } },
};

export default defineConfig({
  test: {
    sequence: { sequencer: OrderedSequencer },
    teardownTimeout: patience.testTimeout,
    projects: [
      {
        test: {
          ...patience,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/integration/**'],
          globalSetup: ['test/support/buildFirst.ts'],
        },
      },
      {
        test: {
          ...patience,
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/support/buildFirst.ts', 'test/support/globalSetup.ts'],
          fileParallelism: false,
        },
      },
    ],
  },
});
