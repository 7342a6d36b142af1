import { describe, expect, it } from 'vitest';
import type { EvaluateAnswer, TrainAnswer } from '../../../src/client.ts';
import { type KeptAnswer, keptAnswer } from '../../../src/http/train/trainAnswer.ts';
import { planOf } from '../../../src/training/fields/use.ts';
import { factsOf } from '../../../src/web/result/facts.ts';
import { reportOf } from '../../reports/sample.ts';

/** The part of an answer that a screen shows before the report is there. */
async function answerOf(body: Record<string, string>) {
  const { fields, result, run, data } = await reportOf(body);
  const kept: KeptAnswer = keptAnswer(result, run, {
    plan: await planOf(fields, 200),
    brief: { verdict: [], classes: [], fileName: 'd.csv' } as never,
    clock: { uploadMs: 0, startMs: 0 } as never,
  });
  return { answer: kept.computed as unknown as TrainAnswer, data };
}

describe('what an answer says of a result', () => {
  it.each([
    ['a training', {}],
    ['folds and inference', { cv: '3', inference: 'true' }],
    ['a sweep', { C: '0.1,1', cv: '3', select: 'roc_auc' }],
    ['a threshold', { threshold: 'max(f1)' }],
  ] as const)('is what the report says of %s', async (_name, body) => {
    const { answer, data } = await answerOf(body);
    const facts = factsOf(answer);
    const { metrics, threshold, inference, warnings, solver, sweep } = data;
    expect(JSON.parse(JSON.stringify(facts))).toMatchObject({
      metrics,
      ...(threshold && { threshold }),
      ...(inference && { inference }),
      warnings,
      solver: { name: solver.name, iterations: solver.iterations, converged: solver.converged },
      ...(sweep && {
        sweep: {
          ...sweep,
          rows: sweep.rows.map(({ std: _, ...row }) => row),
        },
      }),
      data: { test_rows: data.data.test_rows },
    });
  });

  it('has no training rows in an evaluation', () => {
    const answer = {
      metrics: { test: { roc_auc: 0.8, score: 1 } },
      intervals: { roc_auc: [0.7, 0.9] },
      data: { rows: 5 },
      warnings: [],
    } as unknown as EvaluateAnswer;
    expect(factsOf(answer)).toEqual({
      metrics: [{ name: 'roc_auc', train: null, test: 0.8, test_low: 0.7, test_high: 0.9 }],
      warnings: [],
      data: { test_rows: 5 },
    });
  });
});
