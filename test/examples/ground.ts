import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { runCsv } from '../../src/engine/local/fit/run.ts';
import type { ReadyModel } from '../../src/models/port.ts';
import { createPredictor } from '../../src/models/predictor.ts';
import { descriptionOf } from '../support/evaluation.ts';
import { planFor } from '../support/plans.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { type Env, Repository, readExample } from './shell.ts';

const DIABETES = join(import.meta.dirname, '../../data/diabetes.csv');

/** The token of the service that the examples train at. */
export const TOKEN = 't'.repeat(40);
export const PASSING = 'gate=low(recall) > 0.4';
export const FAILING = 'gate=low(recall) > 0.9';

const missing = ['curl', 'jq', 'make'].filter((tool) => spawnSync(tool, ['--version']).status !== 0);
/** With CI=true no test is skipped. */
export const isSkipped = missing.length > 0 && process.env['CI'] !== 'true';
if (isSkipped) console.warn(`The examples are not tested: install ${missing.join(' and ')}.`);

/** A service, and a repository for each test. */
export class Ground {
  service!: TestService;
  repository!: Repository;

  async start(): Promise<void> {
    const description = descriptionOf(await runCsv(readFileSync(DIABETES), await planFor({})));
    const load = async (uri: string): Promise<ReadyModel> => ({
      model: { place: { uri, name: 'Diabetes', version: '1', runId: 'r' }, description },
      predictor: createPredictor(description),
    });
    this.service = await startTestService({ access: { allowedHosts: [], token: TOKEN }, models: { load } });
  }

  fresh(): void {
    this.service.desk.reset();
    this.repository = new Repository();
  }

  envFor(gate: string): Env {
    return {
      TRAINPOST_URL: this.service.url,
      TRAINPOST_TOKEN: TOKEN,
      TRAINPOST_FILE: 'data/train.csv',
      TRAINPOST_FIELDS: `exp_name=Nightly\n  registered_model=Diabetes\n\n${gate}\n`,
    };
  }
}

/** A step of an action or a job. */
export interface Step {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly env?: Env;
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Env;
}
export const action = parse(readExample('github/action.yml')) as {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
};
