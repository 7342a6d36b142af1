/**
 * Runs the tests of `npm test`: unit and integration tests side by side, each in a vitest process of its own. A single
 * vitest process would run them one after the other. With CI=true, the tests of NODE_24 run on Node 24 too.
 *
 * The last line says `N passed, N failed`. `npm test -- test/some.test.ts` runs vitest once, with these arguments.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '..');
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
/** Tests of parts that another version of Node can change: WebAssembly, threads and sockets, signals. */
const NODE_24 = ['test/kernels/', 'test/engine/', 'test/integration/stopping.test.ts'];
const NODE_24_COMMAND = ['npx', '--yes', 'node@24'];
const SLOWEST_SHOWN = 15;

const children = new Set();
// Each vitest process ends the servers that it has started, and this process waits for the vitest processes.
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    for (const child of children) child.kill(signal);
  });
}

const filters = process.argv.slice(2);
process.exitCode = filters.length > 0 ? await runOnce(filters) : await runAll();

async function runOnce(options) {
  const child = spawn(process.execPath, [VITEST, 'run', ...options], { stdio: 'inherit' });
  children.add(child);
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

async function runAll() {
  const reports = mkdtempSync(join(tmpdir(), 'trainpost-reports-'));
  // One seed for all processes (test/support/draws.ts).
  process.env.TEST_SEED ??= String(Math.floor(Math.random() * 2 ** 31));
  try {
    const lanes = await Promise.all([unitLane(reports), integrationLane(reports)]);
    return report(lanes.flat());
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
}

async function unitLane(reports) {
  const unit = await run('unit', [process.execPath], ['--project', 'unit'], reports);
  if (process.env.CI !== 'true' || process.version.startsWith('v24.')) return [unit];
  return [unit, await run('node 24', NODE_24_COMMAND, NODE_24, reports)];
}

async function integrationLane(reports) {
  return [await run('integration', [process.execPath], ['--project', 'integration'], reports)];
}

/** Runs vitest, prints its lines with the name before them, and returns the counts of its JSON report. */
async function run(name, [command, ...before], options, reports) {
  const outputFile = join(reports, `${name}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${outputFile}`];
  const startedAt = performance.now();
  const child = spawn(command, [...before, VITEST, 'run', ...options, ...reporters], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  const ends = [once(child, 'exit')];
  for (const stream of [child.stdout, child.stderr]) {
    const lines = createInterface(stream);
    lines.on('line', (line) => console.log(`${name.padEnd(11)} | ${line}`));
    ends.push(once(lines, 'close'));
  }
  const [[code]] = await Promise.all(ends);
  return { name, seconds: (performance.now() - startedAt) / 1_000, ...counted(outputFile, code) };
}

/** Counts tests. A file that fails before its tests run, or a vitest process without a report, counts as one failure. */
function counted(outputFile, code) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(
      readFileSync(outputFile, 'utf8'),
    );
    const unseen = numFailedTests === 0 && (code !== 0 || numPassedTests === 0) ? 1 : 0;
    return {
      passed: numPassedTests,
      failed: numFailedTests + unseen,
      skipped: numPendingTests,
      files: testResults,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0, files: [] };
  }
}

function report(runs) {
  const files = runs.flatMap(({ name, files }) =>
    files.map((file) => ({
      seconds: (file.endTime - file.startTime) / 1_000,
      path: `${name}: ${relative(ROOT, file.name)}`,
    })),
  );
  console.log('\nThe slowest files:');
  for (const { seconds, path } of files.sort((a, b) => b.seconds - a.seconds).slice(0, SLOWEST_SHOWN)) {
    console.log(`${seconds.toFixed(0).padStart(5)} s  ${path}`);
  }
  console.log(`\nDrawn with TEST_SEED=${process.env.TEST_SEED}.`);
  for (const { name, passed, failed, skipped, seconds } of runs) {
    console.log(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds.toFixed(0)} s`);
  }
  const sum = (key) => runs.reduce((total, one) => total + one[key], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') === 0 ? 0 : 1;
}
