import { randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMlflowServer } from '../../src/launcher/mlflowServer.ts';
import { unusedPort } from '../../test/support/mlflowServer.ts';
import { ensureVenv } from '../../test/support/python.ts';
import { cutUploads } from './cutUploads.ts';
import { kills, killsOfJobs, naiveKills } from './kills.ts';
import { load } from './load.ts';
import { memory } from './memory.ts';
import { report } from './report.ts';
import type { Row, Stage } from './row.ts';
import { slowLoris } from './slowLoris.ts';
import { testRow } from './testRow.ts';

/**
 * `npm run torture` runs every scenario, and `npm run torture -- kills` one scenario. `TORTURE_SEED` repeats the draws of
 * an earlier run. The program prints a table for bench/README.md, and exits with 1 if a row is not reached.
 */
type Scenario = (stage: Stage) => Promise<readonly Row[]>;

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  kills: (stage) =>
    beforeMlflow(stage, async (mlflowUrl) => [
      await kills({ ...stage, mlflowUrl, kills: 300, acceptedMin: 300, experimentName: 'kills' }),
    ]),
  jobs: (stage) =>
    beforeMlflow(stage, async (mlflowUrl) => [
      await killsOfJobs({ ...stage, mlflowUrl, kills: 50, acceptedMin: 200, experimentName: 'jobs' }),
    ]),
  naive: (stage) =>
    beforeMlflow(stage, async (mlflowUrl) => [
      await naiveKills({ ...stage, mlflowUrl, kills: 30, acceptedMin: 30, experimentName: 'naive' }),
    ]),
  spool: async (stage) => [
    await testRow(
      {
        what: 'each write, fsync and rename of the spool x (kill, power cut, EIO, ENOSPC)',
        files: ['kill', 'powerCut', 'faults', 'realFaults', 'model'].map(
          (name) => `test/spool/${name}.test.ts`,
        ),
        tries: 'more than 90 operations, each with each fault',
        bar: 'nothing accepted is lost, nothing half is delivered',
      },
      stage,
    ),
  ],
  outage: async (stage) => [
    await testRow(
      {
        what: 'MLflow down for an hour, by a clock that the test turns',
        files: ['test/tracking/delivery/outage.test.ts'],
        tries: '500 trainings accepted meanwhile',
        bar: '500 runs, each once',
      },
      stage,
    ),
  ],
  cutUploads: async (stage) => [await cutUploads({ ...stage, uploads: 1_000 })],
  badRequests: async (stage) => [
    await testRow(
      {
        what: 'bad requests over raw sockets and HTTP (framing, headers, multipart, names)',
        files: ['test/http/hostile.test.ts', 'test/http/train/badFiles.test.ts'],
        tries: 'at least 5,000 requests, and more than 2,000 bad files',
        bar: 'no 5xx, no crash, the next request works',
      },
      stage,
    ),
  ],
  csv: async (stage) => [
    await testRow(
      {
        what: 'CSV files drawn at random, read by the kernels and by Papa Parse',
        files: ['test/data/readTable.property.test.ts'],
        tries: '200,000 files',
        bar: 'the same table or the same error',
      },
      stage,
    ),
  ],
  mlflowFaults: async (stage) => [
    await testRow(
      {
        what: 'each call of a delivery x each fault, real MLflow 3 and 2',
        files: ['test/integration/trackingFaults.test.ts'],
        tries: '23 calls, each with six faults',
        bar: 'one whole run in the end',
      },
      stage,
    ),
  ],
  trees: async (stage) => [
    await testRow(
      {
        what: 'each call of the delivery of a tree x each fault and the end of the process, a stand-in for MLflow',
        files: ['treeFaults', 'treeCrashes'].map((name) => `test/tracking/delivery/${name}.test.ts`),
        tries: 'every call of a tree with three children, and six trees with twenty',
        bar: 'every tree whole, each run once',
      },
      stage,
    ),
  ],
  load: (stage) =>
    beforeMlflow(stage, (mlflowUrl) =>
      load({
        ...stage,
        mlflowUrl,
        seconds: 60,
        acceptedPerSMin: 100,
        loopP99MsMax: 50,
        drained: 300,
        experimentName: 'load',
      }),
    ),
  slowLoris: async (stage) => [
    await slowLoris({
      ...stage,
      connections: 200,
      rounds: 4,
      secondsARound: 12,
      timesMax: 2,
      refusedMax: 0.05,
    }),
  ],
  memory: async (stage) => [await memory({ ...stage, trainings: 20_000, growthMax: 1.05 })],
};
const SEEDS = 2 ** 31;

await main();

async function main(): Promise<void> {
  const names = process.argv.slice(2);
  const unknown = names.find((name) => SCENARIOS[name] === undefined);
  if (unknown !== undefined) {
    process.stderr.write(
      `Unknown scenario ${unknown}: choose one of ${Object.keys(SCENARIOS).join(', ')}.\n`,
    );
    process.exit(1);
  }
  // Handlers of `exit` end the programs that this process has started. A signal alone would not call these handlers.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
  const seed = Number(process.env['TORTURE_SEED'] ?? randomInt(SEEDS));
  const startedAt = performance.now();
  const rows: Row[] = [];
  for (const name of names.length > 0 ? names : Object.keys(SCENARIOS)) {
    rows.push(...(await inFolder(name, seed, SCENARIOS[name]!)));
  }
  process.stdout.write(`${report(rows, (performance.now() - startedAt) / 60_000)}\n`);
  process.exit(rows.every(({ passed }) => passed) ? 0 : 1);
}

/** Runs a scenario in a new folder. A scenario that throws becomes a row that is not reached, and the others still run. */
async function inFolder(name: string, seed: number, scenario: Scenario): Promise<readonly Row[]> {
  const dir = mkdtempSync(join(tmpdir(), `trainpost-torture-${name}-`));
  const remove = () => rmSync(dir, { recursive: true, force: true });
  process.once('exit', remove);
  say(`${name}: begins with seed ${seed}`);
  try {
    const rows = await scenario({ dir, seed, say });
    for (const { what, figure, passed } of rows)
      say(`${name}: ${passed ? 'reached' : 'NOT reached'}: ${what}: ${figure}`);
    return rows;
  } catch (error) {
    const said = String((error as Error).stack ?? error);
    say(`${name}: stopped with an error: ${said}`);
    return [{ what: name, figure: 'stopped with an error', bar: '', passed: false, details: [said] }];
  } finally {
    process.off('exit', remove);
    remove();
  }
}

/** Runs a scenario with its own MLflow server, so that the runs of one scenario do not slow the next. */
async function beforeMlflow<Result>(
  stage: Stage,
  scenario: (url: string) => Promise<Result>,
): Promise<Result> {
  const dir = join(stage.dir, 'mlflow');
  mkdirSync(dir);
  const python = await ensureVenv('reference');
  const mlflow = await startMlflowServer({ python, dir, port: await unusedPort(), log: stage.say });
  try {
    return await scenario(mlflow.url);
  } finally {
    await mlflow.stop();
  }
}

function say(line: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
}
