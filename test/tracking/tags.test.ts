import { expect, test } from 'vitest';
import { systemTags, userOf } from '../../src/tracking/tags.ts';

const COMMIT = 'mlflow.source.git.commit';

test.each([
  [{ GIT_SHA: 'abc', GITHUB_SHA: 'def' }, 'abc'],
  [{ GIT_SHA: ' ', GITHUB_SHA: 'def' }, 'def'],
  [{ CI_COMMIT_SHA: 'gitlab' }, 'gitlab'],
  [{ GIT_COMMIT: 'jenkins\n' }, 'jenkins'],
  [{ CIRCLE_SHA1: 'circle' }, 'circle'],
  [{ BITBUCKET_COMMIT: 'bitbucket' }, 'bitbucket'],
  [{ BUILD_SOURCEVERSION: 'azure' }, 'azure'],
  [{ SHA: 'abc' }, undefined],
])('commit of %j', (env, commit) => {
  expect(systemTags(env)[COMMIT]).toBe(commit);
});

test('without a commit there is no such tag', () => {
  expect(systemTags({})).not.toHaveProperty([COMMIT]);
});

test.each([
  [{}, 'LOCAL'],
  [{ CI: 'false' }, 'LOCAL'],
  [{ CI: '' }, 'LOCAL'],
  [{ CI: 'true' }, 'JOB'],
  [{ CI: '1' }, 'JOB'],
  [{ JENKINS_URL: 'https://ci.example/' }, 'JOB'],
  [{ TF_BUILD: 'True' }, 'JOB'],
])('source type of %j is %s', (env, type) => {
  expect(systemTags(env)['mlflow.source.type']).toBe(type);
});

test.each([
  [{ LOGNAME: 'ada', USER: 'bob' }, 'ada'],
  [{ LOGNAME: '', USER: 'bob' }, 'bob'],
  [{ USERNAME: 'carol' }, 'carol'],
  [{}, 'trainpost'],
])('user of %j is %s', (env, user) => {
  expect(userOf(env)).toBe(user);
  expect(systemTags(env)['mlflow.user']).toBe(user);
});
