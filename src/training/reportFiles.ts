import Papa from 'papaparse';
import { scoresOf } from '../engine/choose.ts';
import { meanAndStd } from '../ml/spread.ts';
import type { ReportData } from '../reports/data.ts';
import { type ReportInput, reportData } from '../reports/report.ts';
import type { GateReport } from '../values/gate.ts';
import type { ModelSpec, Plan } from '../values/plan.ts';
import { chosenOf, isFitted, type Result } from '../values/result.ts';
import type { ReportKind, RunFile } from '../values/run.ts';
import { settingsOf } from './children.ts';
import { commandLine } from './commandLine.ts';
import type { TrainFields } from './fields/table.ts';
import { rank } from './leaderboard.ts';

interface Facts extends Pick<ReportInput, 'result' | 'run' | 'testFileName'> {
  readonly fields: TrainFields;
  /** The training file's name at the client. */
  readonly fileName: string;
  readonly plan: Plan;
  /** What came of the gates, if the form has any. */
  readonly gate?: GateReport;
}

/** `report.json`, from which the report is drawn, and with a full report its tables as CSV. */
export function reportFiles(input: Facts, kind: ReportKind): readonly RunFile[] {
  const { fields, fileName, testFileName, plan, result, run, gate } = input;
  const data = reportData({
    result,
    run,
    ...(testFileName !== undefined && { testFileName }),
    settings: shownSettings(chosenOf(result).model),
    ...sweepOf(result, plan),
    ...(gate !== undefined && { gate }),
    command: commandLine(fields, fileName, testFileName),
  });
  const report = { path: 'report.json', text: `${JSON.stringify(data)}\n` };
  return kind === 'full' ? [report, ...tables(data)] : [report];
}

/** Settings by their names in answers. JSON has no infinity. */
export function shownSettings(model: ModelSpec): ReportData['settings'] {
  const named = settingsOf(model);
  return { ...named, C: Number.isFinite(named.C) ? named.C : 'inf' };
}

const finite = (value: number) => (Number.isFinite(value) ? value : null);

function sweepOf(result: Result, { choice }: Plan): Pick<ReportInput, 'sweep'> {
  if (result.candidates.length === 1) return {};
  const rows = rank(result, choice).map(({ index, candidate, score }) => ({
    candidate: index,
    settings: shownSettings(candidate.model),
    value: finite(score),
    ...(isFitted(candidate) &&
      candidate.folds !== undefined && { std: finite(meanAndStd(scoresOf(candidate, choice)).std) }),
    ...(!isFitted(candidate) && { problem: candidate.problem.code }),
  }));
  return { sweep: { select: choice.text, chosen: result.chosen, rows } };
}

function tables(data: ReportData): readonly RunFile[] {
  const rows = [
    ['coefficients', data.coefficients],
    ['test_per_class', data.per_class.test ?? []],
    ['training_per_class', data.per_class.train ?? []],
    ['metrics', data.metrics],
    ['test_thresholds', thresholdRows(data)],
  ] as const;
  return rows.flatMap(([name, list]) => {
    if (list.length === 0) return [];
    // A spreadsheet would take a text that begins so for a formula.
    const text = Papa.unparse(list as object[], { newline: '\n', escapeFormulae: true });
    return [{ path: `tables/${name}.csv`, text: `${text}\n` }];
  });
}

function thresholdRows({ curves }: ReportData): readonly object[] {
  return (curves.test ?? []).flatMap(({ label, thresholds: { threshold, tp, fp, tn, fn } }) =>
    threshold.map((value, i) => ({
      class: label,
      threshold: value,
      tp: tp[i],
      fp: fp[i],
      tn: tn[i],
      fn: fn[i],
    })),
  );
}
