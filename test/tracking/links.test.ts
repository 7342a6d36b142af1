import { expect, test } from 'vitest';
import { modelVersionUrl, runUrl } from '../../src/tracking/links.ts';

test('links lead to the pages of MLflow’s UI', () => {
  const base = 'https://mlflow.example/prefix';
  expect(runUrl(base, '7', 'abc')).toBe('https://mlflow.example/prefix/#/experiments/7/runs/abc');
  expect(modelVersionUrl(base, 'Größe 50%?', '3')).toBe(
    'https://mlflow.example/prefix/#/models/Gr%C3%B6%C3%9Fe%2050%25%3F/versions/3',
  );
});
