import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCsv } from '../../../src/engine/local/fit/run.ts';
import { FieldError } from '../../../src/errors.ts';
import type { OriginalRun, ReproductionPort } from '../../../src/training/reproductionPort.ts';
import { championOf } from '../../support/champions.ts';
import { planFor } from '../../support/plans.ts';
import { PATIENCE_MS, startTestService, type TestService } from '../../support/service.ts';

const DIABETES = join(import.meta.dirname, '../../../data/diabetes.csv');
const RUN = 'abc123';

/** The run that MLflow has, if a test sets one. */
class FakeOriginals implements ReproductionPort {
  run: OriginalRun | undefined;
  asked = 0;

  async find(runId: string): Promise<OriginalRun> {
    this.asked++;
    if (this.run === undefined || runId !== RUN)
      throw new FieldError('foreign_run', 'x', { field: 'reproduce' });
    return this.run;
  }
}

const originals = new FakeOriginals();
let service: TestService;
beforeAll(async () => {
  service = await startTestService({ originals, wait: { defaultMs: PATIENCE_MS, maxMs: 1_000 } });
});
afterAll(() => service.close());
beforeEach(() => {
  service.desk.reset();
  originals.run = undefined;
  originals.asked = 0;
});

const post = (fields: Readonly<Record<string, string>>) => {
  const form = request(service.server).post('/train');
  for (const [name, value] of Object.entries(fields)) form.field(name, value);
  return form.attach('train_file', DIABETES);
};

/** Trains, and keeps the run as MLflow would have it. */
async function logged(fields: Readonly<Record<string, string>>): Promise<OriginalRun> {
  const result = await runCsv(readFileSync(DIABETES), await planFor(fields));
  const { body } = await post(fields).expect(200);
  const { run } = service.desk.entries.at(-1)!;
  const named = (prefix: string, values: Readonly<Record<string, number>>) =>
    Object.entries(values).map(([name, value]) => [prefix + name, value] as const);
  return {
    runId: RUN,
    params: { ...run.extraParams, C: fields['tol'] ?? '1.0', max_iter: fields['iterations'] ?? '100' },
    metrics: Object.fromEntries([...named('training_', run.training), ...named('test_', run.test)]),
    digest: body.data.digest,
    model: championOf(result),
  };
}

describe('reproduce', () => {
  it('takes the settings of the run, and reports that all is identical', async () => {
    originals.run = await logged({ tol: '0.1', iterations: '50', random_state: '7', ignore: 'BMI' });
    const { body } = await post({ reproduce: RUN, exp_name: 'Again' }).expect(200);
    expect(body.reproduces).toEqual({
      run_id: RUN,
      data: 'same',
      coefficients: { identical: true, largest_difference: 0 },
      metrics: { identical: true, differences: {} },
      identical: true,
    });
    const [first, again] = service.desk.entries;
    expect(again?.run).toMatchObject({ reproduces: RUN, experimentName: 'Again' });
    expect(again?.run.extraParams).toEqual(first?.run.extraParams);
    expect(again?.pipeline).toEqual(first?.pipeline);
    expect(first?.run).not.toHaveProperty('reproduces');
  });

  it('says how far another run is away, and answers the same to the same key', async () => {
    const run = await logged({});
    originals.run = { ...run, digest: 'other', params: { ...run.params, C: '0.5' } };
    const keyed = () => post({ reproduce: RUN }).set('Idempotency-Key', 'again');
    const { body } = await keyed().expect(200);
    expect(body.reproduces).toMatchObject({
      data: 'different',
      coefficients: { identical: false, largest_difference: expect.any(Number) },
      metrics: { identical: false, differences: { test_log_loss: expect.any(Number) } },
      identical: false,
    });
    originals.run = undefined;
    const again = await keyed().expect(200).expect('Idempotency-Replayed', 'true');
    expect(again.body.reproduces).toEqual(body.reproduces);
    expect(originals.asked).toBe(1);
  });

  it('goes with gates and a dry run', async () => {
    originals.run = await logged({ tol: '0.1' });
    const { body } = await post({ reproduce: RUN, gate: 'recall > 0.99' }).expect(422);
    expect(body).toMatchObject({ code: 'gate_failed', reproduces: { identical: true } });
    await post({ reproduce: RUN, dry_run: 'true' }).expect(200);
    expect(originals.asked).toBe(2);
  });

  it.each([
    [{ reproduce: 'unknown' }, 'foreign_run', 'reproduce'],
    [{ reproduce: 'un/known' }, 'invalid_reproduce', 'reproduce'],
    [{ reproduce: RUN, tol: '1' }, 'idle_field', 'tol'],
  ])('rejects %j with %s', async (fields, code, field) => {
    const { body } = await post(fields).expect(422);
    expect(body).toMatchObject({ code, field });
    expect(service.desk.entries).toEqual([]);
  });

  it('is not in an answer without the field', async () => {
    const { body } = await post({}).expect(200);
    expect(body).not.toHaveProperty('reproduces');
    expect(originals.asked).toBe(0);
  });
});
