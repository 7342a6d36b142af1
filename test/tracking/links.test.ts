import { describe, expect, test } from 'vitest';
import { experimentUrl, type LinkBase, modelVersionUrl, runUrl } from '../../src/tracking/links.ts';

const BASE: LinkBase = { url: 'https://mlflow.example/prefix' };
const TEAM: LinkBase = { ...BASE, workspace: 'team a' };

describe('links lead to the pages of MLflow for machine learning', () => {
  test.each<[string, string, string]>([
    ['a run', runUrl(BASE, '7', 'abc'), 'experiments/7/runs/abc?workflowType=machine_learning'],
    ['an experiment', experimentUrl(BASE, '7'), 'experiments/7/runs?workflowType=machine_learning'],
    [
      'a version',
      modelVersionUrl(BASE, 'Größe 50%?', '3'),
      'models/Gr%C3%B6%C3%9Fe%2050%25%3F/versions/3?workflowType=machine_learning',
    ],
    [
      'a run of a workspace',
      runUrl(TEAM, '7', 'abc'),
      'experiments/7/runs/abc?workflowType=machine_learning&workspace=team%20a',
    ],
  ])('%s', (_name, url, expected) => {
    expect(url).toBe(`https://mlflow.example/prefix/#/${expected}`);
  });
});
