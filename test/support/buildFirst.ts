import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

const SETUP = join(import.meta.dirname, '../../src/launcher/setup.mjs');

/**
 * Builds `dist/` before the tests if a source has changed, and prints the seed of what the tests draw. Tests take threads,
 * kernels and whole services from `dist/`, also when `npx vitest` runs a single file.
 */
export default function setup(project: TestProject): void {
  console.info(`${project.name}: draws at random with TEST_SEED=${process.env['TEST_SEED']}`);
  build();
  project.onTestsRerun(build);
}

function build(): void {
  execFileSync(process.execPath, [SETUP], { stdio: 'inherit' });
}
