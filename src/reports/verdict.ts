import type { ReportData } from './data.ts';
import { isolated, shownMetric, shownNumber } from './plots/text.ts';

/** The numbers that a verdict needs. An evaluation has no solver. */
interface VerdictFacts extends Pick<ReportData, 'metrics' | 'counts' | 'positive' | 'baseline' | 'gates'> {
  readonly data: Pick<ReportData['data'], 'test_rows'>;
  readonly solver?: ReportData['solver'];
}

/** The result in a few sentences, beside what always saying the most frequent class comes to. */
export function verdictOf(data: VerdictFacts): readonly string[] {
  const accuracy = data.metrics.find(({ name }) => name === 'accuracy_score')?.test ?? null;
  return [
    ...gateSentences(data),
    ...foundSentences(data),
    ...accuracySentences(data, accuracy),
    ...fitSentences(data),
  ];
}

function gateSentences({ gates = [] }: VerdictFacts): readonly string[] {
  const of = `of ${gates.length} ${gates.length === 1 ? 'gate' : 'gates'}`;
  const count = (state: string) => gates.filter((gate) => gate.state === state).length;
  const [failed, warned] = [count('failed'), count('warned')];
  if (gates.length > 0 && failed + warned === 0) {
    return [gates.length === 1 ? 'The gate holds.' : `All ${gates.length} gates hold.`];
  }
  return [
    ...(failed > 0 ? [`${failed} ${of} failed.`] : []),
    ...(warned > 0 ? [`${warned} ${of} only warned.`] : []),
  ];
}

function foundSentences({ counts, positive, data }: VerdictFacts): readonly string[] {
  const { test } = counts ?? {};
  if (test === undefined || positive === undefined) return [];
  const { tp, fp, fn } = test;
  const name = isolated(positive);
  const alarms = tp + fp;
  return [
    tp + fn === 0
      ? `None of the ${shownNumber(data.test_rows)} test rows is of class ${name}.`
      : `The model finds ${shownNumber(tp)} of ${shownNumber(tp + fn)} test rows of class ${name}.`,
    alarms === 0
      ? `It predicts class ${name} for no row.`
      : `It predicts class ${name} for ${rowsText(alarms)}, and is right for ${shownNumber(tp)} of them.`,
  ];
}

function accuracySentences({ baseline }: VerdictFacts, accuracy: number | null): readonly string[] {
  if (accuracy === null) return [];
  const own = `The accuracy is ${shownMetric(accuracy)}`;
  if (baseline === undefined) return [`${own}.`];
  const points = Math.round((accuracy - baseline.accuracy) * 1000) / 10;
  const than = `always saying ${isolated(baseline.label)} (${shownMetric(baseline.accuracy)})`;
  if (points === 0) return [`${own}, no better than ${than}.`];
  const size = `${Math.abs(points)} ${Math.abs(points) === 1 ? 'point' : 'points'}`;
  return [`${own}, ${size} ${points > 0 ? 'better' : 'worse'} than ${than}.`];
}

function fitSentences({ solver }: VerdictFacts): readonly string[] {
  if (solver === undefined || solver.converged) return [];
  return [`The solver stopped after ${solver.iterations} iterations and had not converged.`];
}

const rowsText = (count: number) => `${shownNumber(count)} ${count === 1 ? 'row' : 'rows'}`;
