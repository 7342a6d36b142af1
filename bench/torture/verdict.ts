import type { Census, CountedRun, RunContent } from '../../test/support/mlflowCensus.ts';

/** A training that a client has posted. */
export interface Offered {
  /** The value of the tag `TAG` of its run. No other training has the same value. */
  readonly tag: string;
  /** One value, or several values of a sweep, as the form has them. */
  readonly C: string;
  /** The name of the registered model, if the client has given a name. */
  readonly registeredModel?: string;
  readonly alias?: string;
  /** Whether the training was answered with 200 or 202. */
  accepted: boolean;
}

/** The name of the client's tag that identifies a run. */
export const TAG = 'torture';

export interface Verdict {
  readonly accepted: number;
  /** Accepted trainings without a run in MLflow. */
  readonly lost: number;
  /** Trainings with more than one run, model or version in MLflow. */
  readonly doubled: number;
  /** Trainings with a run that is not FINISHED, lacks something, or differs from the same training without faults. */
  readonly incomplete: number;
  /** Runs of trainings that no client has posted, and models that belong to no run. */
  readonly strays: number;
  /** Trainings without an answer that are nevertheless in MLflow. Incomplete ones also count as `incomplete`. */
  readonly unansweredKept: number;
  /** Runs that trainpost recognised as doubles and deleted. */
  readonly deleted: number;
  /** The first few faults, each a sentence. */
  readonly examples: readonly string[];
}

const EXAMPLES_MAX = 8;
const EXAMPLE_CHARS_MAX = 400;

/**
 * Compares what MLflow has with what was accepted.
 * @param expected the content of a training with each C
 * @param key the name of the tag that identifies a training
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
      says.push(`${training.tag} was accepted, but MLflow has no run of it`);
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
  const strangers = [...byTag.values()].flat().map(({ runId }) => `run ${runId} belongs to no training`);
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

/** Whether nothing is lost, doubled, incomplete or a stray. */
export function isClean({ lost, doubled, incomplete, strays }: Verdict): boolean {
  return lost + doubled + incomplete + strays === 0;
}

function doublesOf(runs: readonly CountedRun[]): string | undefined {
  const models = Math.max(0, ...runs.map(({ content }) => content.models.length));
  const versions = Math.max(0, ...runs.map((run) => run.versions.length));
  const children = Math.max(0, ...runs.map(twiceBelow));
  if (runs.length <= 1 && models <= 1 && versions <= 1 && children === 0) return undefined;
  return `${runs.length} runs, ${models} models and ${versions} versions of one training, and ${children} doubles below it`;
}

/** How many runs below a run have the name of another, or more than one model. */
function twiceBelow({ content: { children } }: CountedRun): number {
  const more = children.filter(({ content }) => content.models.length > 1).length;
  return children.length - new Set(children.map(({ name }) => name)).size + more;
}

/** The faults of a run, each in a few words. */
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
    ...parts.map((key) => `different ${key}: ${JSON.stringify(content[key]).slice(0, 100)}`),
    ...modelFaults(content, expected),
    ...childFaults(content, expected),
    ...(isRegistered ? [] : ['no registered version']),
    ...(hasAlias ? [] : ['no alias']),
  ];
}

/** The faults of the runs below a run. `doublesOf` reports a second child of one name. */
function childFaults({ children }: RunContent, { children: wanted }: RunContent): string[] {
  const byName = new Map(children.map((child) => [child.name, child]));
  const names = new Set(wanted.map(({ name }) => name));
  return [
    ...wanted.flatMap((child) => {
      const found = byName.get(child.name);
      if (found === undefined) return [`${child.name} is missing`];
      if (found.status !== child.status) return [`${child.name} is ${found.status}`];
      return JSON.stringify(found) === JSON.stringify(child) ? [] : [`${child.name} is different`];
    }),
    ...children.filter(({ name }) => !names.has(name)).map(({ name }) => `a child ${name} too many`),
  ];
}

/** The faults of a run's first model. `doublesOf` reports a second model. */
function modelFaults({ models: [model] }: RunContent, { models: [wanted] }: RunContent): string[] {
  if (model === undefined || wanted === undefined) return ['no model'];
  const paths = [...new Set([...Object.keys(wanted.files), ...Object.keys(model.files)])];
  const wrong = paths.filter((path) => model.files[path] !== wanted.files[path]);
  return [
    ...(model.status === wanted.status ? [] : [`its model is ${model.status}`]),
    ...(model.name === wanted.name ? [] : [`its model is named ${model.name}`]),
    ...wrong.map((path) => (model.files[path] === undefined ? `${path} is missing` : `${path} is different`)),
  ];
}
