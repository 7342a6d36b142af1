import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Row, Stage } from './row.ts';

export interface TestRowOptions {
  readonly what: string;
  /** Paths from the project's folder. */
  readonly files: readonly string[];
  readonly bar: string;
  /** The number of tries of these tests, which the tests themselves assert. */
  readonly tries: string;
}

interface Report {
  readonly numTotalTests: number;
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

const ROOT = join(import.meta.dirname, '../..');
const FAILED_MAX = 8;

/** Runs tests once more, and makes a row of their count. The same tests run at every commit. */
export async function testRow(
  { what, files, bar, tries }: TestRowOptions,
  { dir, seed, say }: Stage,
): Promise<Row> {
  const outputFile = join(dir, 'tests.json');
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const reporter = ['--reporter=json', `--outputFile=${outputFile}`];
  const child = spawn(process.execPath, [vitest, 'run', ...files, ...reporter], {
    cwd: ROOT,
    env: { ...process.env, TEST_TRIES: 'all', TEST_SEED: String(seed) },
    stdio: 'ignore',
  });
  const endWithUs = () => child.kill('SIGTERM');
  process.once('exit', endWithUs);
  say(`these tests begin: ${files.join(', ')}`);
  await once(child, 'exit');
  process.off('exit', endWithUs);
  const { numTotalTests, numPassedTests, testResults } = JSON.parse(
    readFileSync(outputFile, 'utf8'),
  ) as Report;
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed')
    .map(({ fullName }) => fullName);
  return {
    what,
    figure: `${tries}: ${numPassedTests} of ${numTotalTests} tests passed`,
    bar,
    passed: numPassedTests > 0 && failed.length === 0 && child.exitCode === 0,
    details: [`Tests: ${files.join(', ')}.`, ...failed.slice(0, FAILED_MAX)],
  };
}
