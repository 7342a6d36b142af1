import { describe, expect, it } from 'vitest';
import type { TrainAnswer } from '../../../src/client.ts';
import { linksOfAnswer, linksOfRun } from '../../../src/web/result/mlflowLinks.ts';

const RUN = 'http://mlflow/#/experiments/1/runs/abc?workflowType=machine_learning';
const REPORT = 'http://mlflow/#/experiments/1/runs/abc/artifacts/report.html?workflowType=machine_learning';

describe('links into MLflow', () => {
  it('are those that an answer has', () => {
    const answer = {
      run: { url: RUN },
      experiment: { url: 'http://mlflow/#/experiments/1' },
      model: { url: null, uri: 'runs:/abc/m' },
      runs: [
        { index: 1, run: { url: 'http://mlflow/1' } },
        { index: 0, run: null },
      ],
    } as unknown as TrainAnswer;
    const { pages, candidates } = linksOfAnswer(answer);
    expect(pages.map(({ url }) => url)).toEqual([RUN, REPORT, 'http://mlflow/#/experiments/1']);
    expect([...candidates]).toEqual([[1, 'http://mlflow/1']]);
  });

  it('find the runs of candidates by their names', () => {
    const settings = (C: number | string) => ({ C, max_iter: 100, class_weight: null });
    const rows = [0.1, 'inf', 1].map((C, candidate) => ({ candidate, settings: settings(C), value: 1 }));
    const children = [
      { name: 'C=0.1', url: 'u0', model_uri: null },
      { name: 'C=Infinity', url: 'u1', model_uri: null },
    ];
    const links = linksOfRun({ name: 'r', url: RUN, model_uri: 'runs:/abc/m' }, null, children, {
      select: 'f1',
      chosen: 0,
      rows,
    });
    expect(links.pages.map(({ url }) => url)).toEqual([RUN, REPORT]);
    expect([...links.candidates]).toEqual([
      [0, 'u0'],
      [1, 'u1'],
    ]);
    expect(linksOfRun(undefined, null, [], undefined)).toEqual({
      pages: [],
      candidates: new Map(),
      modelUri: null,
    });
  });
});
