import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportOf } from '../reports/sample.ts';
import { EXAM_MODEL, examModels } from '../support/examModel.ts';
import { runListOf, seedRuns } from '../support/loggedRuns.ts';
import { ensureVenv, pythonAvailable } from '../support/python.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { StandInMlflow } from '../support/standInMlflow.ts';

const run = promisify(execFile);
const { TEST_TRIES, TEST_SEED = '0' } = process.env;
/** Requests that schemathesis makes of each operation. 2,000 took 4.4 minutes on two busy cores. */
const EXAMPLES = TEST_TRIES === 'all' ? '2000' : '200';
/** The check expects 405 for GET with a body. A GET with a body is rejected before its path is looked at: 413. */
const LEFT_OUT = 'unsupported_method';
/** The schema allows any text as a file, and the service rejects a text that is not a table. These statuses are right too. */
const CONFIG = `[checks.positive_data_acceptance]
expected-statuses = ["2xx", 302, 400, 404, 406, 409, 413, 415, 422]
`;

describe.skipIf(!pythonAvailable)('the OpenAPI document, to other programs', () => {
  let service: TestService;
  let mlflow: StandInMlflow;
  let runs: ReturnType<typeof runListOf>;
  let bin: string;
  let folder: string;
  beforeAll(async () => {
    bin = dirname(await ensureVenv('openapi'));
    folder = mkdtempSync(join(tmpdir(), 'trainpost-openapi-'));
    mlflow = await StandInMlflow.start();
    const { json: report } = await reportOf({});
    seedRuns(mlflow, 'Default', [
      { name: 'a', metrics: { auc: 0.5 }, params: { C: '1' }, report },
      { name: 'b' },
    ]);
    runs = runListOf(mlflow);
    service = await startTestService({ models: await examModels(), modelUri: EXAM_MODEL, runs: runs.list });
    writeFileSync(join(folder, 'schemathesis.toml'), CONFIG);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    // Holds every answer against the document once more.
    await service.close();
    await runs.close();
    await mlflow.down();
  });

  it('is valid for openapi-spec-validator', async () => {
    const file = join(folder, 'openapi.json');
    writeFileSync(file, await (await fetch(`${service.url}/openapi.json`)).text());
    const { stdout } = await run(join(bin, 'openapi-spec-validator'), [file]);
    expect(stdout).toContain('OK');
  });

  it(`stands against schemathesis with ${EXAMPLES} examples of each operation`, async () => {
    const options = [
      ...['--url', service.url, '--max-examples', EXAMPLES, '--seed', TEST_SEED, '--no-color'],
      ...['--exclude-checks', LEFT_OUT, '--warnings', 'off', '--generation-database', 'none'],
      ...['--continue-on-failure', '--request-timeout', '600'],
    ];
    const said = await run(
      join(bin, 'schemathesis'),
      ['--config-file', 'schemathesis.toml', 'run', `${service.url}/openapi.json`, ...options],
      {
        cwd: folder,
        maxBuffer: 64 * 2 ** 20,
      },
    ).catch((error: { stdout?: string }) => ({ stdout: String(error.stdout) }));
    expect(said.stdout).toContain('No issues found');
  });
});
