import { describe, expect, it } from 'vitest';
import { parseMetrics } from '../../src/expressions/customMetrics.ts';
import { evaluateGates, type GateFacts } from '../../src/expressions/evaluateGates.ts';
import { gateVocabulary, needsChampion, needsLogged } from '../../src/expressions/gateNames.ts';
import { parseGates } from '../../src/expressions/gates.ts';
import { MEASURES } from '../../src/expressions/scope.ts';
import type { Measures } from '../../src/values/metrics.ts';
import { refusal } from './vocabulary.ts';

const measures = (shift: number, cost: number): Measures => ({
  metrics: {
    accuracy_score: 0.8 + shift,
    precision_score: 0.7 + shift,
    recall_score: 0.6 + shift,
    f1_score: 0.65 + shift,
    log_loss: 0.4 - shift,
    roc_auc: 0.85 + shift,
    score: 0.8 + shift,
  },
  rows: 100,
  confusion: { tp: 30, fp: 10, tn: 50, fn: 10 },
  custom: { cost },
});
const ALONE: GateFacts = {
  test: measures(0, 60),
  train: measures(0.05, 50),
  intervals: { recall_score: [0.5, 0.7], accuracy_score: [0.7, 0.9], cost: [40, 80] },
};
const COMPARED: GateFacts = {
  ...ALONE,
  champion: {
    measures: measures(-0.25, 70),
    verdicts: { roc_auc: 'better', recall_score: 'significantly_worse', cost: 'worse_within_noise' },
    logged: { test_recall_score: 0.9, test_cost: 10 },
  },
};
const METRICS = await parseMetrics(['cost = 5*fn + fp'], 'metrics', MEASURES);
const gatesFor = (...texts: string[]) => parseGates(texts, 'gate', gateVocabulary(METRICS));
const resultOf = async (text: string, facts: GateFacts) => evaluateGates(await gatesFor(text), facts)[0]!;

describe('a gate', () => {
  it.each([
    ['recall > 0.5', 'passed', { recall: 0.6 }],
    ['recall_score >= 0.61', 'failed', { recall_score: 0.6 }],
    ['low(recall) > 0.55', 'failed', { 'low(recall)': 0.5 }],
    ['high(score) < 0.95', 'passed', { 'high(score)': 0.9 }],
    ['low(cost) < 50 and cost < 61', 'passed', { 'low(cost)': 40, cost: 60 }],
    ['train.recall - recall < 0.1', 'passed', { 'train.recall': 0.65, recall: 0.6 }],
    ['train.cost == 50', 'passed', { 'train.cost': 50 }],
    ['warn: recall > 0.9', 'warned', { recall: 0.6 }],
    ['warn: recall > 0.1', 'passed', { recall: 0.6 }],
    // An interval that is not known.
    ['low(f1) > 0', 'failed', { 'low(f1)': null }],
    ['champion.recall < recall', 'passed', { 'champion.recall': 0.35, recall: 0.6 }],
    ['champion.logged.recall > 0.8', 'passed', { 'champion.logged.recall': 0.9 }],
    ['champion.logged.cost < 20', 'passed', { 'champion.logged.cost': 10 }],
    ['delta(cost) < 0', 'passed', { 'delta(cost)': -10 }],
    ['not worse(roc_auc)', 'passed', { 'worse(roc_auc)': false }],
    ['better(roc_auc)', 'passed', { 'better(roc_auc)': true }],
    ['not worse(recall)', 'failed', { 'worse(recall)': true }],
    ['not worse(cost)', 'passed', { 'worse(cost)': false }],
    // Not compared, so nobody knows.
    ['not worse(f1)', 'failed', { 'worse(f1)': null }],
  ] as const)('%s is %s', async (text, state, values) => {
    expect(await resultOf(text, COMPARED)).toEqual({ expression: text, state, values });
  });

  it.each([
    ['not worse(roc_auc)', 'passed'],
    ['delta(recall) > 0', 'passed'],
    ['champion.logged.recall > 2', 'passed'],
    ['recall > 0.5 and not worse(roc_auc)', 'passed'],
    // The rest of the gate still counts.
    ['recall > 0.9 and not worse(roc_auc)', 'failed'],
    ['low(f1) > 0 and not worse(roc_auc)', 'failed'],
    ['low(f1) > 0', 'failed'],
    ['warn: recall > 0.9 and better(recall)', 'warned'],
  ])('without a champion: %s is %s', async (text, state) => {
    expect(await resultOf(text, ALONE)).toMatchObject({ expression: text, state });
  });

  it.each([
    'champion.train.recall > 1',
    'low(tp) > 1',
    'worse(n)',
    'train.low(recall) > 1',
    'recall',
    'spec > 1',
  ])('is rejected: %s', async (text) => {
    expect((await refusal(gatesFor(text))).details.field).toBe('gate');
  });
});

it('knows which gates need a champion, and what its run logged', async () => {
  const needs = async (text: string) => {
    const gates = await gatesFor(text);
    return [needsChampion(gates), needsLogged(gates)];
  };
  expect(await needs('low(recall) > 0.5 and train.recall > 0')).toEqual([false, false]);
  for (const text of ['worse(recall)', 'better(recall)', 'delta(n) > 0', 'champion.tp > 1']) {
    expect(await needs(text), text).toEqual([true, false]);
  }
  expect(await needs('champion.logged.f1 > 0')).toEqual([true, true]);
});
