import type { ListedExperimentAnswer } from '../../client.ts';
import { FaultBox } from '../parts/fault.tsx';
import { useLoaded } from '../parts/loaded.ts';
import { service } from '../service.ts';
import { state } from '../state/store.ts';
import { Comparison } from './comparison.tsx';
import { PICKS_MAX } from './query.ts';
import { RunList } from './runList.tsx';

/** The runs of an experiment: found, sorted and compared. */
export function RunsScreen() {
  const experiments = useLoaded('all', loadExperiments);
  const named = state.experiment.value;
  const experiment = named || experiments.value?.[0]?.name;
  if (experiments.fault) return <FaultBox fault={experiments.fault} again={experiments.again} />;
  if (experiments.value === undefined) return <p class="soft">Asking MLflow…</p>;
  if (experiment === undefined) return <p>MLflow has no experiment yet: train a model first.</p>;
  return (
    <div class="sections">
      <Runs key={experiment} experiment={experiment} experiments={experiments.value} />
    </div>
  );
}

/** Experiments that are shown; the names of others can be written into the address. */
const EXPERIMENTS_MAX = 200;

/** The experiment that changed last comes first. */
async function loadExperiments(signal: AbortSignal): Promise<readonly ListedExperimentAnswer[]> {
  const orderBy = 'last_update_time DESC';
  return (await service.experiments({ orderBy, max: EXPERIMENTS_MAX, signal })).experiments;
}

interface RunsProps {
  readonly experiment: string;
  readonly experiments: readonly ListedExperimentAnswer[];
}

function Runs({ experiment, experiments }: RunsProps) {
  return (
    <>
      <section class="stack">
        <RunList experiment={experiment}>
          <ExperimentField experiment={experiment} experiments={experiments} />
        </RunList>
      </section>
      <SideBySide experiment={experiment} />
    </>
  );
}

function SideBySide({ experiment }: { readonly experiment: string }) {
  const picked = state.picked.value;
  return (
    <section class="stack">
      <h2>Side by side</h2>
      <div class="row">
        <p class="soft" aria-live="polite">
          {picked.length < 2
            ? 'Tick two to five runs to compare them.'
            : `${picked.length} runs are compared.`}
        </p>
        {picked.length > 0 && (
          <button
            type="button"
            class="quiet"
            onClick={() => {
              state.picked.value = [];
            }}
          >
            Untick all
          </button>
        )}
      </div>
      {picked.length >= 2 && <Comparison experiment={experiment} picked={picked.slice(0, PICKS_MAX)} />}
    </section>
  );
}

function ExperimentField({ experiment, experiments }: RunsProps) {
  const names = experiments.map(({ name }) => name);
  return (
    <label class="field">
      <span class="label">Experiment</span>
      <select
        value={experiment}
        onChange={({ currentTarget }) => {
          state.picked.value = [];
          state.experiment.value = currentTarget.value;
        }}
      >
        {(names.includes(experiment) ? names : [experiment, ...names]).map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
}
