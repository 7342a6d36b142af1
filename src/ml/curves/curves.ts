import type { CalibrationBins, ClassCurves, Cuts, PartCurves, ScoreHistogram } from '../../values/curves.ts';
import type { CodedResult } from '../codedMetrics.ts';
import { firstAbove, firstFrom, type MarkedScores, markScores } from './markedScores.ts';
import { pick, thin } from './thin.ts';
import { type Mark, type Points, type Walk, type Walked, walkPlain } from './walk.ts';

/** Most points of a curve, and most rows of the table of thresholds. Many classes share more of them. */
const POINTS_MAX = 500;
const SHARED_POINTS = 1_200;
/** Steps of the table's thresholds from 0 to 1. */
const TABLE_STEPS = 200;
const CALIBRATION_BINS = 10;
const HISTOGRAM_BINS = 20;

/** What the curves of one class are made of. */
export interface CurvesInput {
  readonly code: number;
  readonly marked: MarkedScores;
  readonly positives: number;
  /** Most points of a curve; `POINTS_MAX` without it. */
  readonly most?: number;
  /** Computed elsewhere, with the same scores. */
  readonly rocAuc?: number;
  /** How the rows are walked through; `walkPlain` without it. */
  readonly walk?: Walk;
}

/** The curves of one class against all others. */
export function classCurves({
  code,
  marked,
  positives,
  rocAuc,
  most = POINTS_MAX,
  walk = walkPlain,
}: CurvesInput): ClassCurves {
  const edges = quantiles(marked).map((edge) => firstAbove(marked, edge));
  const bins = [0, ...edges, marked.length];
  const steps = [
    ...Array.from({ length: HISTOGRAM_BINS }, (_, i) => firstFrom(marked, i / HISTOGRAM_BINS)),
    marked.length,
  ];
  const tableSteps = Array.from({ length: TABLE_STEPS + 1 }, (_, i) => firstFrom(marked, i / TABLE_STEPS));
  const walked = walk(marked, positives, [...bins, ...steps, ...tableSteps]);
  const negatives = marked.length - positives;
  const { points, averagePrecision, brier } = walked;
  const recall = Float64Array.from(points.tp, (tp) => tp / positives);
  const fallOut = Float64Array.from(points.fp, (fp) => fp / negatives);
  const precision = Float64Array.from(points.tp, (tp, i) => tp / (tp + points.fp[i]!));
  const picked = pick(fallOut, recall, most);
  const corners = ascending(picked);
  return {
    code,
    positives,
    negatives,
    rocAuc: rocAuc ?? areaUnder(marked, positives, negatives),
    averagePrecision,
    brier,
    roc: cutsAt(points, corners),
    precisionRecall: cutsAt(points, thin(recall, precision, most)),
    table:
      most < POINTS_MAX
        ? cutsAt(points, corners)
        : tableOf(walked, tableSteps, ascending(picked.slice(0, POINTS_MAX - TABLE_STEPS - 1))),
    calibration: calibrationOf(bins, walked),
    histogram: histogramOf(steps, walked),
  };
}

/**
 * The curves of three classes or more, each against all others, with the confusion matrix.
 * @returns undefined if a probability is NaN
 */
export function manyCurves({
  trueCodes,
  predictedCodes,
  proba,
  nClasses,
}: CodedResult): PartCurves | undefined {
  const confusion = Array.from({ length: nClasses }, () => new Array<number>(nClasses).fill(0));
  for (let i = 0; i < trueCodes.length; i++) {
    const row = confusion[trueCodes[i]!];
    if (row !== undefined) row[predictedCodes[i]!]!++;
  }
  const most = Math.min(POINTS_MAX, Math.ceil(SHARED_POINTS / nClasses));
  const ofClasses: ClassCurves[] = [];
  for (let code = 0; code < nClasses; code++) {
    const marked = markScores(trueCodes, proba.columns[code]!, code);
    if (marked === undefined) return undefined;
    const positives = confusion[code]!.reduce((sum, count) => sum + count, 0);
    ofClasses.push(classCurves({ code, marked, positives, most }));
  }
  return { ofClasses, confusion };
}

const ascending = (places: readonly number[]) => [...places].sort((a, b) => a - b);

function cutsAt({ threshold, tp, fp }: Points, places: readonly number[]): Cuts {
  const at = (values: readonly number[]) => places.map((place) => values[place]!);
  return { threshold: at(threshold), tp: at(tp), fp: at(fp) };
}

/** Every threshold if there are few; else the corners, and even steps of the threshold, which need not be probabilities of a row. */
function tableOf({ points, marks }: Walked, steps: readonly number[], corners: readonly number[]): Cuts {
  if (points.threshold.length <= POINTS_MAX) return points;
  const { threshold, tp, fp } = cutsAt(points, corners);
  const rows = [
    ...threshold.map((value, i) => [value, tp[i]!, fp[i]!] as const),
    ...steps.map((place, step) => {
      const mark = marks.get(place)!;
      return [step / TABLE_STEPS, mark.tp, mark.fp] as const;
    }),
  ].sort(([a], [b]) => b - a);
  return {
    threshold: rows.map(([one]) => one),
    tp: rows.map(([, one]) => one),
    fp: rows.map(([, , one]) => one),
  };
}

/** Inner edges of bins with the same number of rows, as `numpy.percentile` interpolates them. */
function quantiles(marked: MarkedScores): number[] {
  const last = marked.length - 1;
  return Array.from({ length: CALIBRATION_BINS - 1 }, (_, i) => {
    const at = ((i + 1) / CALIBRATION_BINS) * last;
    const low = Math.abs(marked[Math.floor(at)]!);
    const high = Math.abs(marked[Math.ceil(at)]!);
    return low + (high - low) * (at - Math.floor(at));
  });
}

/** Sums of the rows between neighbouring places. */
function between(places: readonly number[], { marks }: Walked): Mark[] {
  return places.slice(1).map((end, i) => {
    const from = marks.get(places[i]!)!;
    const to = marks.get(end)!;
    return { tp: from.tp - to.tp, fp: from.fp - to.fp, scores: from.scores - to.scores };
  });
}

function calibrationOf(places: readonly number[], walked: Walked): CalibrationBins {
  const bins = between(places, walked).filter(({ tp, fp }) => tp + fp > 0);
  return {
    mean: bins.map(({ tp, fp, scores }) => scores / (tp + fp)),
    share: bins.map(({ tp, fp }) => tp / (tp + fp)),
    rows: bins.map(({ tp, fp }) => tp + fp),
  };
}

function histogramOf(places: readonly number[], walked: Walked): ScoreHistogram {
  const bins = between(places, walked);
  return { positives: bins.map(({ tp }) => tp), negatives: bins.map(({ fp }) => fp) };
}

/** Area under the ROC curve in whole numbers, as `rocAuc` counts it. */
function areaUnder(marked: MarkedScores, positives: number, negatives: number): number {
  const words = new Uint32Array(marked.buffer, marked.byteOffset, marked.length * 2);
  let twiceWins = 0;
  let below = 0;
  for (let i = 0; i < marked.length; ) {
    const score = Math.abs(marked[i]!);
    let ofClass = 0;
    let others = 0;
    for (; i < marked.length && Math.abs(marked[i]!) === score; i++) {
      const isPositive = words[2 * i + 1]! >>> 31;
      ofClass += isPositive;
      others += 1 - isPositive;
    }
    twiceWins += ofClass * (2 * below + others);
    below += others;
  }
  return twiceWins / (2 * positives * negatives);
}
