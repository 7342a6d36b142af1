import { useSignal } from '@preact/signals';
import type { ListedRunAnswer } from '../../client.ts';
import { CalibrationPlot, PrecisionRecallCurve, RocCurve } from '../../reports/plots/curves.tsx';
import { FaultBox } from '../parts/fault.tsx';
import { useLoaded } from '../parts/loaded.ts';
import { SortedTable } from '../parts/reportTable.tsx';
import { service } from '../service.ts';
import { type ComparedRun, classesOf, comparedMetrics, overlaid, paramTable } from './compare.ts';
import { filterOf } from './query.ts';

interface ComparisonProps {
  readonly experiment: string;
  /** Ids of two runs or more. */
  readonly picked: readonly string[];
}

/** Runs side by side: the params in which they differ, their metrics, and their curves in one plot each. */
export function Comparison({ experiment, picked }: ComparisonProps) {
  const { value, fault, again } = useLoaded(JSON.stringify([experiment, picked]), (signal) =>
    load(experiment, picked, signal),
  );
  if (fault !== undefined) return <FaultBox fault={fault} again={again} />;
  if (value === undefined) return <p class="soft">Reading the runs…</p>;
  const params = paramTable(value.map(({ run }) => run));
  return (
    <div class="sections">
      <section class="stack">
        {params.rows.length > 0 ? (
          <SortedTable table={params} file="params" />
        ) : (
          <p>The runs have the same params.</p>
        )}
        <SortedTable table={comparedMetrics(value.map(({ run }) => run))} file="compared_metrics" />
      </section>
      <Overlays runs={value} />
    </div>
  );
}

/** Reads the runs again, because a picked run may stand on another page of the list. */
async function load(
  experiment: string,
  picked: readonly string[],
  signal: AbortSignal,
): Promise<ComparedRun[]> {
  const { runs } = await service.runs({ experiment, filter: filterOf(picked), signal });
  const found = picked.flatMap((id) => runs.filter((run) => run.id === id));
  return Promise.all(found.map(withReport));
}

async function withReport(run: ListedRunAnswer): Promise<ComparedRun> {
  return run.report === null ? { run } : { run, report: await service.report(run.id) };
}

function Overlays({ runs }: { readonly runs: readonly ComparedRun[] }) {
  const classes = classesOf(runs);
  const chosen = useSignal('');
  if (classes.length === 0) return <p class="soft">None of the runs has a report with curves.</p>;
  const label = classes.includes(chosen.value) ? chosen.value : classes[0]!;
  const curves = overlaid(runs, label);
  const without = runs.length - curves.length;
  return (
    <section class="stack">
      <h2>Curves</h2>
      {classes.length > 1 && (
        <label class="field short">
          <span class="label">Class</span>
          <select
            value={label}
            onChange={({ currentTarget }) => {
              chosen.value = currentTarget.value;
            }}
          >
            {classes.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
      )}
      {without > 0 && (
        <p class="soft">{`${without} of the runs ${without === 1 ? 'has' : 'have'} no curves of this class.`}</p>
      )}
      <div class="plots">
        <RocCurve curves={curves} of="test rows" />
        <PrecisionRecallCurve curves={curves} of="test rows" />
        <CalibrationPlot curves={curves} of="test rows" />
      </div>
    </section>
  );
}
