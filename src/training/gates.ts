import { FieldError } from '../errors.ts';
import { evaluateGates } from '../expressions/evaluateGates.ts';
import { gateVocabulary, needsChampion, needsLogged } from '../expressions/gateNames.ts';
import { parseGates } from '../expressions/gates.ts';
import type { CustomMetric, Gate } from '../values/expression.ts';
import type { GateReport, GateResult } from '../values/gate.ts';
import type { LoadedModel } from '../values/loadedModel.ts';
import { chosenOf, type Result } from '../values/result.ts';
import type { DatasetPart } from '../values/run.ts';
import type { Warning } from '../values/warning.ts';
import type { ChampionPort } from './championPort.ts';
import type { TrainFields } from './fields/table.ts';

/** The gates of a training, and the model that they compare with. */
export interface Gates {
  readonly gates: readonly Gate[];
  /** Whether a gate compares with a champion, even if there is no champion yet. */
  readonly compares: boolean;
  readonly champion?: LoadedModel;
  /** Metrics that the champion's own run logged, if a gate needs them. */
  readonly logged: Readonly<Record<string, number>>;
}

/**
 * Reads the gates of a form.
 * @throws FieldError as `parseGates`; `gate_without_alias` if a gate compares and the form has no `alias`
 */
export async function gatesOf(
  { gates: { gates: texts }, names: { alias } }: TrainFields,
  metrics: readonly CustomMetric[],
): Promise<Gate[]> {
  const gates = await parseGates(texts, 'gate', gateVocabulary(metrics));
  if (needsChampion(gates) && alias === undefined) {
    throw new FieldError(
      'gate_without_alias',
      'gate compares with a champion, which is the model behind alias: give alias and registered_model.',
      { field: 'gate' },
    );
  }
  return gates;
}

/** Loads the champion, if a gate compares with it. @throws as `ChampionPort` */
export async function withChampion(
  gates: readonly Gate[],
  { alias, registeredModelName }: TrainFields['names'],
  port: ChampionPort | undefined,
): Promise<Gates> {
  if (!needsChampion(gates)) return { gates, compares: false, logged: {} };
  const isNamed = alias !== undefined && registeredModelName !== undefined;
  const champion = isNamed ? await port?.find(registeredModelName, alias) : undefined;
  const asksLogged = champion !== undefined && needsLogged(gates);
  return {
    gates,
    compares: true,
    ...(champion && { champion }),
    logged: (asksLogged ? await port?.loggedMetrics(champion) : undefined) ?? {},
  };
}

/** The champion that was found last, if a gate compares with it. MLflow is not asked. */
export function lastChampion(
  gates: readonly Gate[],
  { alias, registeredModelName }: TrainFields['names'],
  port: ChampionPort | undefined,
): LoadedModel | undefined {
  const isNamed = alias !== undefined && registeredModelName !== undefined;
  return isNamed && needsChampion(gates) ? port?.last(registeredModelName, alias) : undefined;
}

/** Finds out whether the best candidate passes; undefined without gates. */
export function gateReport(result: Result, { gates, champion, logged }: Gates): GateReport | undefined {
  if (gates.length === 0) return undefined;
  const { test, train } = chosenOf(result);
  const { intervals = {}, champion: measured } = result;
  const results = evaluateGates(gates, {
    test,
    train,
    intervals,
    ...(measured && { champion: { ...measured, logged } }),
  });
  return { ...reportGates(results), ...(champion && { champion }) };
}

/** What came of gates together. */
export function reportGates(gates: readonly GateResult[]): GateReport {
  return { state: gates.some(({ state }) => state === 'failed') ? 'failed' : 'passed', gates };
}

/** Says which gates only warn. */
export function unheldWarnings(report: GateReport | undefined): Warning[] {
  const warned = (report?.gates ?? []).filter(({ state }) => state === 'warned');
  return warned.map(({ expression }) => ({
    code: 'gate_warned',
    message: `The gate does not hold: ${expression}`,
  }));
}

/** Says which gates only warn, and what is in doubt about the comparison. */
export function gateWarnings(
  report: GateReport | undefined,
  { compares, champion }: Gates,
  result: Result,
  parts: readonly DatasetPart[],
): Warning[] {
  return [
    ...unheldWarnings(report),
    ...(compares && champion === undefined ? [NO_CHAMPION] : []),
    ...(champion === undefined ? [] : sawRows(champion, result, parts)),
  ];
}

const NO_CHAMPION: Warning = {
  code: 'no_champion',
  message:
    'There is no champion yet, because the alias points at no version: comparisons with it hold. The next training is compared with this one.',
};

/**
 * Warns if the champion was trained on rows that it is measured on, or may have been. It was not if it has the same training
 * rows of the same file.
 */
function sawRows(
  { description: { trained } }: LoadedModel,
  result: Result,
  parts: readonly DatasetPart[],
): Warning[] {
  const { data, testData, split } = result;
  const ours = parts.find(({ context }) => context === 'train');
  const isSameRows = ours?.digest === trained.trainDigest;
  // The test rows of this training are of another file than the rows of both models.
  const isApart = testData !== undefined && testData.digest !== data.digest && trained.digest === data.digest;
  const seen = rowsSeen(trained, result);
  if (isSameRows || isApart || seen === 0) return [];
  const isSameFile = trained.digest === (testData ?? data).digest;
  if (!isSameFile) return [sawUnknown(split.test)];
  const rows = `${seen ?? `up to ${Math.min(trained.trainRows, split.test)}`} of the ${split.test} test rows`;
  return [
    {
      code: 'champion_saw_rows',
      message: `The champion was trained on ${rows}, because it has other training rows of the same file, so its test metrics may be too good: train both with the same file, split and random_state, or send a test_file.`,
    },
  ];
}

/** Test rows that the champion was trained on; undefined if that is not known. */
function rowsSeen(
  { digest, trainRows, testRows, holdout }: LoadedModel['description']['trained'],
  { champion, testData, split }: Result,
): number | undefined {
  if (testData === undefined || digest !== testData.digest || holdout === undefined)
    return champion?.rowsSeen;
  // The test rows are the whole file, unless rows were left out of one of the two trainings only.
  const rows = trainRows + (holdout.by === 'file' ? 0 : testRows);
  return rows === split.test ? trainRows : undefined;
}

function sawUnknown(testRows: number): Warning {
  return {
    code: 'champion_saw_rows',
    message: `The champion was trained on another file, and whether some of the ${testRows} test rows are in that file is not known: its test metrics may be too good. A test_file of rows that no model was trained on is safe.`,
  };
}
