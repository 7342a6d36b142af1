import type { ErrorData } from '../values/errorData.ts';
import type { PipelineState } from '../values/pipelineState.ts';
import type { RunMeasures, TrackedRun } from '../values/run.ts';

/** The variables of a process; `process.env` is one. */
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * The commit of runs whose form names no commit. The variables of CI systems do not count: they name the job that started
 * the service, and not the job of the client.
 */
const COMMIT_VARIABLE = 'GIT_SHA';

/** The order in which Python's `getpass.getuser` looks. */
const USER_VARIABLES = ['LOGNAME', 'USER', 'LNAME', 'USERNAME'] as const;

const SOURCE_NAME = 'trainpost';

type Given = Partial<Pick<TrackedRun, 'user' | 'gitCommit'>>;

/** The system tags that MLflow's own client sets: what the client of the service gives, else what the environment has. */
export function systemTags(env: Env, given: Given = {}): Record<string, string> {
  const commit = given.gitCommit ?? firstOf(env, [COMMIT_VARIABLE]);
  return {
    'mlflow.user': userOf(env, given),
    'mlflow.source.name': SOURCE_NAME,
    'mlflow.source.type': 'LOCAL',
    ...(commit !== undefined && { 'mlflow.source.git.commit': commit }),
  };
}

/** The user of a run: the client's, or else the user who runs the service. In a container there may be no user name. */
export function userOf(env: Env, { user }: Given = {}): string {
  return user ?? firstOf(env, USER_VARIABLES) ?? SOURCE_NAME;
}

/** What `mlflow.sklearn.autolog` says of an estimator. */
export function estimatorTags({ estimator }: PipelineState): Record<string, string> {
  return { estimator_name: estimator, estimator_class: `sklearn.pipeline.${estimator}` };
}

/** How the solver ended, and the codes of the training's warnings. */
export function outcomeTags({
  solver,
  warnings,
}: Pick<RunMeasures, 'solver' | 'warnings'>): Record<string, string> {
  return {
    'trainpost.converged': String(solver.converged),
    'trainpost.iterations': String(solver.iterations),
    ...warningTags(warnings),
  };
}

/** The codes of warnings, each once; no tag without a warning. */
export function warningTags(codes: readonly string[]): Record<string, string> {
  return codes.length > 0 ? { 'trainpost.warnings': [...new Set(codes)].join(',') } : {};
}

/** Why a candidate could not be fitted. */
export function problemTags({ code, message }: ErrorData): Record<string, string> {
  return { 'trainpost.error': code, 'trainpost.error_message': message };
}

function firstOf(env: Env, names: readonly string[]): string | undefined {
  return names.map((name) => env[name]?.trim()).find((value) => value);
}
