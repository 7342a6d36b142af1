import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mlflowServers } from '../support/mlflowServers.ts';
import { type Program, startProgram } from '../support/programs.ts';
import { runPython, type VenvName } from '../support/python.ts';

const ROOT = join(import.meta.dirname, '../..');
const mlflow = await mlflowServers();
const ROWS = 500;
/**
 * The bound of the parity tests. A result may differ by ten times the movement of scikit-learn's own result on reordered
 * rows, or by this tolerance.
 */
const TOLERANCE = 1e-10;
const MOVEMENTS = 10;

// biome-ignore lint/suspicious/noExplicitAny: tests read what they expect and fail on anything else.
type Json = any;

/**
 * A file with whole and decimal numbers, a boolean, two columns of text, and missing cells. `Rom` is in one row only.
 * @param isWhole whether no cell is missing
 */
function people(isWhole: boolean, target: (score: number) => string): string {
  let seed = 7;
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed / 2 ** 31;
  };
  const lines = Array.from({ length: ROWS }, (_, i) => {
    const [age, income, smokes] = [18 + Math.floor(random() * 60), random() * 9, random() < 0.3];
    const town =
      i === 17 ? 'Rom' : (['Ulm', 'Jena', 'Köln', 'Bad "X", am See'][Math.floor(random() * 4)] as string);
    const plan = ['basic', 'plus'][Math.floor(random() * 1.6)] as string;
    const noise = random() * 3;
    const score = age / 20 - income / 3 + (smokes ? 1 : 0) + (town === 'Ulm' ? 1.5 : 0) + noise - 2;
    const quoted = `"${town.replaceAll('"', '""')}"`;
    const gap = (cell: string, share: number) => (!isWhole && random() < share ? 'NA' : cell);
    return [
      gap(String(age), 0.1),
      gap(income.toFixed(2), 0.2),
      smokes ? 'True' : 'False',
      gap(quoted, 0.15),
      isWhole || random() > 0.05 ? plan : '',
      target(score),
    ].join(',');
  });
  return `age,income,smokes,town,plan,group\n${lines.join('\n')}\n`;
}

const two = (score: number) => (score > 0.5 ? '1' : '0');
const three = (score: number) => (score > 1.5 ? 'high' : score > 0 ? 'mid' : 'low');

interface Case {
  readonly name: string;
  readonly text: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly model: object;
}

const CASES: readonly Case[] = [
  { name: 'no missing values', text: people(true, two), fields: { missing: 'error' }, model: {} },
  { name: 'rows dropped', text: people(false, two), fields: { missing: 'drop' }, model: {} },
  { name: 'means', text: people(false, two), fields: { missing: 'mean', tol: '10' }, model: { C: 10 } },
  {
    name: 'medians, and balanced class weights',
    text: people(false, two),
    fields: { missing: 'median', class_weight: 'balanced', stratify: 'true' },
    model: { class_weight: 'balanced' },
  },
  {
    name: 'most frequent values, with newton-cholesky',
    text: people(false, two),
    fields: { missing: 'most_frequent', solver: 'newton-cholesky' },
    model: { solver: 'newton-cholesky' },
  },
  {
    name: 'three classes',
    text: people(false, three),
    fields: { missing: 'median', iterations: '40' },
    model: { max_iter: 40 },
  },
];

describe.skipIf(mlflow === null).each<[string, VenvName, 'mlflow3' | 'mlflow2']>([
  ['MLflow 3', 'reference', 'mlflow3'],
  ['MLflow 2 and an older scikit-learn', 'mlflow2', 'mlflow2'],
])('text and missing values in %s', (_name, venv, server) => {
  const temp = mkdtempSync(join(tmpdir(), 'trainpost-columns-'));
  const uri = mlflow?.[server] ?? '';
  const answers = new Map<string, Json>();
  let facts: Record<string, Json>;
  let service: Program;

  beforeAll(async () => {
    service = await startProgram(
      process.execPath,
      () => [join(ROOT, 'dist/server.js')],
      (port) => ({ PORT: String(port), MLFLOW_TRACKING_URI: uri, TEMP_DIR: join(temp, 'uploads') }),
    );
    const cases: object[] = [];
    for (const [index, { name, text, fields, model }] of CASES.entries()) {
      const csv = join(temp, `people${index}.csv`);
      writeFileSync(csv, text);
      const answer = await train(csv, { ...fields, target: 'group', exp_name: 'Columns' });
      answers.set(name, answer);
      const { missing, stratify } = fields;
      const asked = { csv, target: 'group', missing, stratify: stratify === 'true', model };
      cases.push({ name, model_uri: answer.model.uri, ...asked });
    }
    facts = (await runPython(venv, 'fit_beside.py', { tracking_uri: uri, cases })) as typeof facts;
  });

  afterAll(async () => {
    await service?.stop();
    rmSync(temp, { recursive: true });
  });

  async function train(csv: string, fields: Readonly<Record<string, string>>): Promise<Json> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set('train_file', new Blob([readFileSync(csv)]), 'people.csv');
    const response = await fetch(`${service.url}/train`, { method: 'POST', body: form });
    const answer: Json = await response.json();
    expect(answer).toMatchObject({ data: { target: 'group' } });
    return answer;
  }

  it.each(CASES)("give the same model as scikit-learn's: $name", ({ name, fields }) => {
    const {
      movement,
      coefficients,
      probabilities,
      n_iter,
      rows,
      train: onTrain,
      test: onTest,
      ...same
    } = facts[name];
    const answer = answers.get(name);
    const imputes = fields['missing'] !== 'error' && fields['missing'] !== 'drop';
    expect(same).toEqual({
      type: 'sklearn.pipeline.Pipeline',
      warnings: [],
      classes: true,
      iterations: true,
      same_labels: true,
      same_by_mlflow: true,
      optional: imputes ? ['age', 'income', 'town', 'plan'] : [],
    });
    const bound = Math.max(MOVEMENTS * movement, TOLERANCE);
    expect(coefficients).toBeLessThanOrEqual(bound);
    expect(probabilities).toBeLessThanOrEqual(bound);
    expect(answer.solver.iterations).toBe(n_iter);
    expect([answer.data.train_rows, answer.data.test_rows]).toEqual(rows);
    for (const [ours, theirs] of [
      [answer.metrics.train, onTrain],
      [answer.metrics.test, onTest],
    ]) {
      expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort());
      for (const [metric, value] of Object.entries<number>(theirs)) {
        expect(ours[metric], metric).toBeCloseTo(value, metric === 'log_loss' ? 8 : 12);
      }
    }
  });
});
