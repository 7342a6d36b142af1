import type { CalibrationBins, ClassCurves, Cuts, PartCurves, ScoreHistogram } from '../../values/curves.ts';
import type { CodedResult } from '../codedMetrics.ts';
import { firstAbove, firstFrom, type MarkedScores, markScores } from './markedScores.ts';
import { thin } from './thin.ts';
import { type Mark, type Points, type Walked, walk } from './walk.ts';

/** Most points of a curve, and most rows of the table of thresholds. */
const POINTS_MAX = 500;
/** Steps of the table's thresholds from 0 to 1. */
const TABLE_STEPS = 200;
const CALIBRATION_BINS = 10;
const HISTOGRAM_BINS = 20;

/** What the curves of one class are made of. */
export interface CurvesInput {
  readonly code: number;
  readonly marked: MarkedScores;
  readonly positives: number;
  /** Computed elsewhere, with the same scores. */
  readonly rocAuc?: number;
}

/** The curves of one class against all others. */
export function classCurves({ code, marked, positives, rocAuc }: CurvesInput): ClassCurves {
  const edges = quantiles(marked).map((edge) => firstAbove(marked, edge));
  const bins = [0, ...edges, marked.length];
  const steps = [
    ...Array.from({ length: HISTOGRAM_BINS }, (_, i) => firstFrom(marked, i / HISTOGRAM_BINS)),
    marked.length,
  ];
  const walked = walk(marked, positives, [...bins, ...steps]);
  const negatives = marked.length - positives;
  const { points, averagePrecision, brier } = walked;
  const recall = Float64Array.from(points.tp, (tp) => tp / positives);
  const fallOut = Float64Array.from(points.fp, (fp) => fp / negatives);
  const precision = Float64Array.from(points.tp, (tp, i) => tp / (tp + points.fp[i]!));
  const corners = thin(fallOut, recall, POINTS_MAX);
  return {
    code,
    positives,
    negatives,
    rocAuc: rocAuc ?? areaUnder(marked, positives, negatives),
    averagePrecision,
    brier,
    roc: cutsAt(points, corners),
    precisionRecall: cutsAt(points, thin(recall, precision, POINTS_MAX)),
    table: cutsAt(points, tablePlaces(points, thin(fallOut, recall, POINTS_MAX - TABLE_STEPS - 1))),
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
  const ofClasses: ClassCurves[] = [];
  for (let code = 0; code < nClasses; code++) {
    const marked = markScores(trueCodes, proba.columns[code]!, code);
    if (marked === undefined) return undefined;
    const positives = confusion[code]!.reduce((sum, count) => sum + count, 0);
    ofClasses.push(classCurves({ code, marked, positives }));
  }
  return { ofClasses, confusion };
}

function cutsAt({ threshold, tp, fp }: Points, places: readonly number[]): Cuts {
  const at = (values: readonly number[]) => places.map((place) => values[place]!);
  return { threshold: at(threshold), tp: at(tp), fp: at(fp) };
}

/** Places of the corners, and of the points next to even steps of the threshold. */
function tablePlaces({ threshold }: Points, corners: readonly number[]): number[] {
  const places = new Set(corners);
  if (threshold.length <= POINTS_MAX) return [...threshold.keys()];
  for (let step = TABLE_STEPS, i = 0; step >= 0; step--) {
    while (i < threshold.length - 1 && threshold[i]! > step / TABLE_STEPS) i++;
    places.add(i);
  }
  return [...places].sort((a, b) => a - b);
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
