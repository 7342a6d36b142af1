import { expect, test } from 'vitest';
import { estimatorTags, outcomeTags, systemTags, userOf } from '../../src/tracking/tags.ts';
import { samplePipeline, sampleRun } from './sample.ts';

const COMMIT = 'mlflow.source.git.commit';

test.each([
  [{ GIT_SHA: 'abc\n' }, {}, 'abc'],
  [{ GIT_SHA: 'abc' }, { gitCommit: 'def' }, 'def'],
  [{}, { gitCommit: 'def' }, 'def'],
  [{ GIT_SHA: ' ' }, {}, undefined],
  // These variables name the job that started the service.
  [{ GITHUB_SHA: 'a', CI_COMMIT_SHA: 'b', GIT_COMMIT: 'c', CIRCLE_SHA1: 'd' }, {}, undefined],
  [{ BITBUCKET_COMMIT: 'a', BUILD_SOURCEVERSION: 'b' }, {}, undefined],
])('the commit of %j with the fields %j is %s', (env, given, commit) => {
  expect(systemTags(env, given)[COMMIT]).toBe(commit);
});

test('without a commit there is no such tag', () => {
  expect(systemTags({})).not.toHaveProperty([COMMIT]);
});

test('a service in a CI job does not call its runs a job', () => {
  const env = { CI: 'true', JENKINS_URL: 'https://ci.example/', TF_BUILD: 'True' };
  expect(systemTags(env)['mlflow.source.type']).toBe('LOCAL');
});

test.each([
  [{ LOGNAME: 'ada', USER: 'bob' }, {}, 'ada'],
  [{ LOGNAME: '', USER: 'bob' }, {}, 'bob'],
  [{ USERNAME: 'carol' }, {}, 'carol'],
  [{}, {}, 'trainpost'],
  [{ USER: 'bob' }, { user: 'dora' }, 'dora'],
])('the user of %j with the fields %j is %s', (env, given, user) => {
  expect(userOf(env, given)).toBe(user);
  expect(systemTags(env, given)['mlflow.user']).toBe(user);
});

test('the estimator is named as autolog names it', () => {
  expect(estimatorTags(samplePipeline())).toEqual({
    estimator_name: 'Pipeline',
    estimator_class: 'sklearn.pipeline.Pipeline',
  });
});

test('tags say how the solver ended, and name each warning once', () => {
  expect(outcomeTags(sampleRun())).toEqual({ 'trainpost.converged': 'true', 'trainpost.iterations': '9' });
  const solver = { name: 'lbfgs', iterations: 3, converged: false } as const;
  const warnings = ['not_converged', 'undefined_metric', 'undefined_metric'];
  expect(outcomeTags(sampleRun({ solver, warnings }))).toEqual({
    'trainpost.converged': 'false',
    'trainpost.iterations': '3',
    'trainpost.warnings': 'not_converged,undefined_metric',
  });
});
