import type { Census, CountedRun, RunContent } from '../../test/support/mlflowCensus.ts';

/** A training that a client has posted. */
export interface Offered {
  /** Its own, and the value of the tag `TAG` of its run. */
  readonly tag: string;
  readonly C: string;
  /** Where the caller has given a name. */
  readonly registeredModel?: string;
  readonly alias?: string;
  /** Answered with 200 or 202. */
  accepted: boolean;
}

/** The caller's tag by which a run is known again. */
export const TAG = 'torture';

export interface Verdict {
  readonly accepted: number;
  /** Accepted, and in MLflow not even once. */
  readonly lost: number;
  /** In MLflow more than once, or with more than one model or version. */
  readonly doubled: number;
  /** Runs that are not FINISHED, or lack anything, or have another content than the same training without faults. */
  readonly incomplete: number;
  /** Runs of trainings that nobody has posted, and models of no run. */
  readonly strays: number;
  /** Not answered, and in MLflow all the same: whole, or they are among the incomplete. */
  readonly unansweredKept: number;
  /** Doubles that were found and deleted. */
  readonly deleted: number;
  /** The first few that are not as they should be, a sentence each. */
  readonly examples: readonly string[];
}

const EXAMPLES_MAX = 8;
const EXAMPLE_CHARS_MAX = 400;

/**
 * Holds what MLflow has against what was accepted; `expected` is the content of a training with each C, and `key` the
 * name of the tag that tells trainings apart.
 */
export function judge(
  census: Census,
  offered: readonly Offered[],
  expected: ReadonlyMap<string, RunContent>,
  key = TAG,
): Verdict {
  const byTag = new Map<string, CountedRun[]>();
  for (const run of census.runs) {
    const tag = run.tags[key] ?? '';
    byTag.set(tag, [...(byTag.get(tag) ?? []), run]);
  }
  const says: string[] = [];
  const counts = { lost: 0, doubled: 0, incomplete: 0, unansweredKept: 0 };
  for (const training of offered) {
    const runs = byTag.get(training.tag) ?? [];
    byTag.delete(training.tag);
    if (runs.length === 0 && training.accepted) {
      counts.lost += 1;
      says.push(`${training.tag} was accepted and is not there`);
    }
    if (runs.length > 0 && !training.accepted) counts.unansweredKept += 1;
    const doubles = doublesOf(runs);
    if (doubles !== undefined) {
      counts.doubled += 1;
      says.push(`${training.tag}: ${doubles}`);
    }
    const faults = runs.flatMap((run) => faultsOf(run, training, expected.get(training.C)!));
    if (faults.length > 0) {
      counts.incomplete += 1;
      says.push(`${training.tag} (${runs.map(({ runId }) => runId).join(', ')}): ${faults.join(', ')}`);
    }
  }
  const strangers = [...byTag.values()].flat().map(({ runId }) => `run ${runId} is nobody's`);
  const strays = [...strangers, ...census.strayModels.map((id) => `model ${id} belongs to no run`)];
  return {
    accepted: offered.filter(({ accepted }) => accepted).length,
    ...counts,
    strays: strays.length,
    deleted: census.deleted,
    examples: [...says, ...strays]
      .slice(0, EXAMPLES_MAX)
      .map((example) => example.slice(0, EXAMPLE_CHARS_MAX)),
  };
}

/** Whether nothing is lost, doubled, incomplete or astray. */
export function isClean({ lost, doubled, incomplete, strays }: Verdict): boolean {
  return lost + doubled + incomplete + strays === 0;
}

function doublesOf(runs: readonly CountedRun[]): string | undefined {
  const models = Math.max(0, ...runs.map(({ content }) => content.models.length));
  const versions = Math.max(0, ...runs.map((run) => run.versions.length));
  if (runs.length <= 1 && models <= 1 && versions <= 1) return undefined;
  return `${runs.length} runs, ${models} models and ${versions} versions of one`;
}

/** What a run lacks, a few words each. */
function faultsOf(run: CountedRun, { registeredModel, alias }: Offered, expected: RunContent): string[] {
  const { content, status, versions } = run;
  const same = (key: keyof RunContent) => JSON.stringify(content[key]) === JSON.stringify(expected[key]);
  const parts = (['params', 'metrics', 'inputs', 'outputs'] as const).filter((key) => !same(key));
  const [version] = versions;
  const isNamed = registeredModel === undefined || version?.name === registeredModel;
  const isRegistered = isNamed && version?.status === 'READY';
  const hasAlias = alias === undefined || version?.aliases.includes(alias);
  return [
    ...(status === 'FINISHED' ? [] : [`is ${status}`]),
    ...parts.map((key) => `other ${key}: ${JSON.stringify(content[key]).slice(0, 100)}`),
    ...modelFaults(content, expected),
    ...(isRegistered ? [] : ['no registered version']),
    ...(hasAlias ? [] : ['no alias']),
  ];
}

/** A second model is a double, and told as one. */
function modelFaults({ models: [model] }: RunContent, { models: [wanted] }: RunContent): string[] {
  if (model === undefined || wanted === undefined) return ['no model'];
  const paths = [...new Set([...Object.keys(wanted.files), ...Object.keys(model.files)])];
  const wrong = paths.filter((path) => model.files[path] !== wanted.files[path]);
  return [
    ...(model.status === wanted.status ? [] : [`its model is ${model.status}`]),
    ...(model.name === wanted.name ? [] : [`its model is named ${model.name}`]),
    ...wrong.map((path) => (model.files[path] === undefined ? `${path} is missing` : `${path} is another`)),
  ];
}
