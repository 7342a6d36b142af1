import { quote } from '../../../errors.ts';
import { populationStabilityIndex } from '../../../ml/stabilityIndex.ts';
import type { ColumnDrift } from '../../../values/evaluation.ts';
import type { ColumnBins } from '../../../values/loadedModel.ts';
import type { Warning } from '../../../values/warning.ts';
import type { Rows } from '../fit/prepare.ts';
import { countByEdges } from '../fit/profile.ts';

/** Above this index, a distribution usually counts as changed; from 0.1 to 0.25 as slightly changed. */
const DRIFT_MAX = 0.25;

/**
 * Compares the rows with the training rows, feature by feature. Missing values are a bin of their own, and so are the
 * categories that the profile does not list.
 * @param features each with its place in the table; the frame has the same columns in the same order
 */
export function driftOf(
  profile: readonly ColumnBins[],
  features: readonly { readonly name: string; readonly index: number }[],
  rows: Pick<Rows, 'frame' | 'source'>,
): ColumnDrift[] {
  const binsOf = new Map(profile.map((bins) => [bins.name, bins]));
  return features.flatMap(({ name, index }, place) => {
    const bins = binsOf.get(name);
    if (bins === undefined) return [];
    const psi = populationStabilityIndex(allBins(bins), countAlike(bins, index, place, rows));
    return [{ column: name, psi, warning: psi > DRIFT_MAX }];
  });
}

/** Warns of the columns whose values have moved. */
export function driftWarnings(drift: readonly ColumnDrift[]): Warning[] {
  return drift
    .filter(({ warning }) => warning)
    .map(({ column, psi }) => ({
      code: 'drifted_column',
      message: `Column ${quote(column)} has other values than in the training rows: its population stability index is ${psi.toPrecision(3)}, above ${DRIFT_MAX}.`,
      column,
    }));
}

function allBins(bins: ColumnBins): number[] {
  return [...bins.counts, ...(bins.kind === 'text' ? [bins.others] : []), bins.missing];
}

/** Counts the rows by the bins of the profile, in the order of `allBins`. */
function countAlike(
  bins: ColumnBins,
  index: number,
  place: number,
  { frame, source }: Pick<Rows, 'frame' | 'source'>,
): number[] {
  const column = frame.columns[place]!;
  const { nMissing, nSamples } = column;
  const present = nSamples - nMissing;
  if (bins.kind === 'number') {
    if (column.kind === 'text' || bins.edges.length === 0) return [present, nMissing];
    return [...countByEdges(source.rowSet, index, bins.edges), nMissing];
  }
  const counted = column.kind === 'text' ? column.counts() : new Map<string, number>();
  const listed = bins.categories.map((category) => counted.get(category) ?? 0);
  const others = present - listed.reduce((sum, rows) => sum + rows, 0);
  return [...listed, others, nMissing];
}
