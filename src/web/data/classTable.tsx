import type { DryRunAnswer } from '../../client.ts';
import { seen, shownNumber, shownPercent } from '../../reports/plots/text.ts';
import { type Column, DataTable } from '../parts/dataTable.tsx';

type ClassRow = DryRunAnswer['classes'][number];

const BAR_WIDTH = 120;

const LABEL: Column<ClassRow> = {
  name: 'label',
  title: 'Class',
  cell: ({ label }) => <bdi>{seen(String(label))}</bdi>,
};
const SHARES: readonly Column<ClassRow>[] = [
  {
    name: 'bar',
    title: <span class="hidden">Share as a bar</span>,
    cell: ({ share }) => (
      <svg class="histogram" width={BAR_WIDTH} height={12} aria-hidden="true">
        <rect width={Math.max(1, share * BAR_WIDTH)} height={12} rx={2} />
      </svg>
    ),
  },
  { name: 'share', title: 'Share', isNumber: true, cell: ({ share }) => shownPercent(share) },
  { name: 'rows', title: 'Rows', isNumber: true, cell: ({ rows }) => shownNumber(rows) },
];
const PARTS: readonly Column<ClassRow>[] = [
  { name: 'train', title: 'Training', isNumber: true, cell: (row) => shownNumber(row.train_rows) },
  { name: 'test', title: 'Test', isNumber: true, cell: (row) => shownNumber(row.test_rows) },
];

/** The classes of the target, in the whole file and in both parts. */
export function ClassTable({
  classes,
  target,
}: {
  readonly classes: readonly ClassRow[];
  readonly target: string;
}) {
  const hasParts = classes.some(({ train_rows }) => train_rows !== undefined);
  return (
    <DataTable
      caption={`Classes of ${seen(target)}`}
      columns={[LABEL, ...SHARES, ...(hasParts ? PARTS : [])]}
      rows={classes}
      keyOf={({ label }) => `${typeof label}${label}`}
    />
  );
}
