import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCsv } from '../../../src/engine/local/fit/run.ts';
import type { ChampionPort } from '../../../src/training/championPort.ts';
import type { LoadedModel, ModelDescription } from '../../../src/values/loadedModel.ts';
import { championOf } from '../../support/champions.ts';
import { planFor } from '../../support/plans.ts';
import { PATIENCE_MS, startTestService, type TestService } from '../../support/service.ts';

const DIABETES = join(import.meta.dirname, '../../../data/diabetes.csv');
const trained = async (fields: Record<string, string>) =>
  championOf(await runCsv(readFileSync(DIABETES), await planFor(fields)));

/** The model behind the alias, if a test sets one. */
class FakeChampions implements ChampionPort {
  description: ModelDescription | undefined;
  asked: string[] = [];

  async find(name: string, alias: string): Promise<LoadedModel | undefined> {
    this.asked.push(`${name}@${alias}`);
    if (this.description === undefined) return undefined;
    const place = { uri: `models:/${name}@${alias}`, name, version: '7' };
    return { place, description: this.description };
  }

  last(): undefined {
    return undefined;
  }

  async loggedMetrics(): Promise<Readonly<Record<string, number>>> {
    this.asked.push('logged');
    return { test_recall_score: 0.25 };
  }
}

const champions = new FakeChampions();
let service: TestService;
beforeAll(async () => {
  service = await startTestService({ champions, wait: { defaultMs: PATIENCE_MS, maxMs: 1_000 } });
});
afterAll(() => service.close());
beforeEach(() => {
  service.desk.reset();
  champions.description = undefined;
  champions.asked = [];
});

const post = (...gates: string[]) => {
  const form = request(service.server)
    .post('/train')
    .field('registered_model', 'R')
    .field('alias', 'champion');
  for (const gate of gates) form.field('gate', gate);
  return form.attach('train_file', DIABETES);
};
const codes = (warnings: readonly { code: string }[]) => warnings.map(({ code }) => code);

describe('without gates', () => {
  it('says so, asks for no champion, and has intervals', async () => {
    const { body, headers } = await post().expect(200);
    expect(headers['x-gate']).toBe('none');
    expect(body).not.toHaveProperty('gate');
    expect(body).not.toHaveProperty('champion');
    expect(body.intervals.accuracy_score[0]).toBeCloseTo(0.7353169370867648, 12);
    expect(champions.asked).toEqual([]);
    expect(service.desk.entries[0]?.run).not.toHaveProperty('gate');
  });
});

describe('gates that hold', () => {
  it('register the version and move the alias', async () => {
    const { body, headers } = await post('low(recall) > 0.4', 'warn: recall > 0.9').expect(200);
    expect(headers['x-gate']).toBe('passed');
    expect(body.gate).toEqual({
      state: 'passed',
      gates: [
        {
          expression: 'low(recall) > 0.4',
          state: 'passed',
          values: { 'low(recall)': body.intervals.recall_score[0] },
        },
        {
          expression: 'warn: recall > 0.9',
          state: 'warned',
          values: { recall: body.metrics.test.recall_score },
        },
      ],
    });
    expect(body.model).toMatchObject({ name: 'R', version: '1' });
    expect(codes(body.warnings)).toEqual(['gate_warned']);
    expect(champions.asked).toEqual([]);
    expect(service.desk.entries[0]?.run).toMatchObject({ gate: 'passed', alias: 'champion' });
    expect(service.desk.entries[0]?.run.extraParams?.['gate']).toBe('low(recall) > 0.4,warn: recall > 0.9');
  });

  it('hold if there is no champion yet, with a warning', async () => {
    const { body } = await post('not worse(roc_auc) and recall > 0.5').expect(200);
    expect(body.gate.gates).toEqual([
      {
        expression: 'not worse(roc_auc) and recall > 0.5',
        state: 'passed',
        values: { 'worse(roc_auc)': null, recall: body.metrics.test.recall_score },
      },
    ]);
    expect(codes(body.warnings)).toEqual(['no_champion']);
    expect(champions.asked).toEqual(['R@champion']);
    expect(service.desk.entries[0]?.run.warnings).toEqual(['no_champion']);
  });

  it('compare with the champion on the same rows', async () => {
    champions.description = await trained({ ignore: 'Glucose,BMI,Age' });
    const { body } = await post('better(roc_auc)', 'champion.logged.recall < recall').expect(200);
    expect(body.champion.model).toEqual({ uri: 'models:/R@champion', name: 'R', version: '7' });
    expect(body.champion.verdicts).toMatchObject({ roc_auc: 'better', log_loss: 'better' });
    expect(body.champion.differences.roc_auc.difference).toBeCloseTo(
      body.metrics.test.roc_auc - body.champion.metrics.test.roc_auc,
      12,
    );
    expect(champions.asked).toEqual(['R@champion', 'logged']);
    expect(codes(body.warnings)).toEqual(['champion_saw_rows']);
  });
});

describe('a gate that does not hold', () => {
  const gates = ['recall > 0.9', 'warn: f1 > 1', 'precision > 0.95'];

  it('answers 422 with all keys of a training and those of a problem, and registers nothing', async () => {
    const { body, headers } = await post(...gates).expect(422);
    const { body: passed } = await post().expect(200);
    expect(headers['x-gate']).toBe('failed');
    expect(headers['content-type']).toContain('application/problem+json');
    expect(headers['run-id']).toBe('run1');
    expect(Object.keys(body)).toEqual(expect.arrayContaining(Object.keys(passed)));
    expect(body).toMatchObject({
      status: 422,
      title: 'A gate failed',
      code: 'gate_failed',
      instance: '/train',
      accuracy: 0.79,
      gate: { state: 'failed', gates: [{ state: 'failed' }, { state: 'warned' }, { state: 'failed' }] },
      run: { id: 'run1' },
      model: { uri: expect.stringContaining('runs:/run1/'), name: 'R', version: null, url: null },
      tracking: { state: 'finished' },
    });
    expect(body.detail).toContain('recall > 0.9; precision > 0.95');
    expect(service.desk.entries[0]?.run.gate).toBe('failed');
    const delivery = await request(service.server)
      .get(`/deliveries/${body.tracking.delivery.id}`)
      .expect(200);
    expect(delivery.body).toMatchObject({ state: 'delivered', model: { name: null, version: null } });
  });

  it('answers so at once if nobody waits for MLflow, and again to the same key', async () => {
    service.desk.isHeld = true;
    const keyed = () => post('recall > 0.9').set('Idempotency-Key', 'once').set('Prefer', 'wait=0');
    const { body } = await keyed().expect(422);
    expect(body.tracking.state).toBe('pending');
    const again = await keyed().expect(422).expect('Idempotency-Replayed', 'true').expect('X-Gate', 'failed');
    expect(again.body).toEqual(body);
    expect(service.desk.entries).toHaveLength(1);
  });

  it('fails because the champion is better', async () => {
    champions.description = await trained({});
    const { body } = await post('not worse(roc_auc)').field('ignore', '').expect(200);
    expect(body.champion.verdicts.roc_auc).toBe('no_difference');
    champions.description = await trained({ threshold: '0.1' });
    const failed = await post('not worse(recall)').expect(422);
    expect(failed.body.champion.verdicts.recall_score).toBe('significantly_worse');
  });
});

describe('what cannot be asked', () => {
  it.each([
    ['recall >', 'invalid_expression'],
    ['specificity > 0.5', 'unknown_name'],
    ['recall', 'condition_expected'],
  ])('gate %s: %s', async (gate, code) => {
    const { body } = await post(gate).expect(422);
    expect(body).toMatchObject({ code, field: 'gate' });
    expect(service.desk.entries).toEqual([]);
  });

  it('a comparison without an alias', async () => {
    const { body } = await request(service.server)
      .post('/train')
      .field('gate', 'not worse(f1)')
      .attach('train_file', DIABETES)
      .expect(422);
    expect(body).toMatchObject({ code: 'gate_without_alias', field: 'gate' });
  });

  it('a champion whose columns are not there', async () => {
    champions.description = await trained({});
    const { body } = await post('not worse(f1)').field('ignore', 'Glucose').expect(422);
    expect(body).toMatchObject({ code: 'champion_cannot_be_measured', column: 'Glucose' });
    expect(service.desk.entries).toEqual([]);
  });

  it('a dry run reads gates too', async () => {
    await post('recall >').field('dry_run', 'true').expect(422);
    await post('recall > 1').field('dry_run', 'true').expect(200);
  });
});
