import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

const BUILD = join(import.meta.dirname, '../../src/kernels/build.mjs');

/** Compiles the kernels before the tests if their sources have changed: tests load the kernels from dist. */
export default function setup(project: TestProject): void {
  build();
  project.onTestsRerun(build);
}

function build(): void {
  const { status } = spawnSync(process.execPath, [BUILD], { stdio: 'inherit' });
  if (status !== 0) {
    throw new Error(
      'src/kernels/assembly does not compile, so no test would see it: fix what the compiler says.',
    );
  }
}
