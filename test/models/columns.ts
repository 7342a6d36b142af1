import type { FeatureColumn } from '../../src/models/port.ts';
import type { ModelCase } from '../tracking/modelFiles/cases.ts';

/** The rows of a case, column by column. */
export function columnsOf({ features, rows }: Pick<ModelCase, 'features' | 'rows'>): FeatureColumn[] {
  return features.map(({ type }, j): FeatureColumn => {
    const cells = rows.map((row) => row[j]!);
    if (type === 'string') return cells as (string | null)[];
    return Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell)));
  });
}
