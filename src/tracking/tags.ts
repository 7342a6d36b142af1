/** The variables of a process; `process.env` is one. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Where CI systems put the commit that they build; `GIT_SHA` is ours, for everyone else. */
const COMMIT_VARIABLES = [
  'GIT_SHA',
  'GITHUB_SHA',
  'CI_COMMIT_SHA', // GitLab, Woodpecker
  'GIT_COMMIT', // Jenkins
  'CIRCLE_SHA1',
  'BITBUCKET_COMMIT',
  'BUILD_SOURCEVERSION', // Azure Pipelines
  'BUILDKITE_COMMIT',
  'DRONE_COMMIT_SHA',
  'TRAVIS_COMMIT',
  'CODEBUILD_RESOLVED_SOURCE_VERSION',
] as const;

/** Where Python's `getpass.getuser` looks, in its order. */
const USER_VARIABLES = ['LOGNAME', 'USER', 'LNAME', 'USERNAME'] as const;

const SOURCE_NAME = 'trainpost';

/** The system tags that MLflow's own client sets, found in the environment. `JOB` is a run of a CI system. */
export function systemTags(env: Env): Record<string, string> {
  const commit = firstOf(env, COMMIT_VARIABLES);
  return {
    'mlflow.user': userOf(env),
    'mlflow.source.name': SOURCE_NAME,
    'mlflow.source.type': isCi(env) ? 'JOB' : 'LOCAL',
    ...(commit !== undefined && { 'mlflow.source.git.commit': commit }),
  };
}

/** Who runs the service; in a container there may be nobody by name. */
export function userOf(env: Env): string {
  return firstOf(env, USER_VARIABLES) ?? SOURCE_NAME;
}

/** Every CI system sets `CI`; Jenkins and Azure Pipelines have another name for it. */
function isCi(env: Env): boolean {
  return /^(true|1|woodpecker)$/i.test(env['CI'] ?? '') || !!(env['JENKINS_URL'] ?? env['TF_BUILD']);
}

function firstOf(env: Env, names: readonly string[]): string | undefined {
  return names.map((name) => env[name]?.trim()).find((value) => value);
}
