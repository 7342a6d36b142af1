import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

const SETUP = join(import.meta.dirname, '../../src/launcher/setup.mjs');

/**
 * Builds `dist/` before the tests if a source has changed: threads, kernels and whole services of the tests come from
 * there, also when `npx vitest` runs a single file. It prints the seed of what the tests draw, too.
 */
export default function setup(project: TestProject): void {
  console.info(`${project.name}: draws at random with TEST_SEED=${process.env['TEST_SEED']}`);
  build();
  project.onTestsRerun(build);
}

function build(): void {
  execFileSync(process.execPath, [SETUP], { stdio: 'inherit' });
}
