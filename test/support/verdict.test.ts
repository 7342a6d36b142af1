import { describe, expect, it } from 'vitest';
import { judge, TAG } from '../../bench/torture/verdict.ts';
import type { CountedRun, RunContent } from './mlflowCensus.ts';

type Child = RunContent['children'][number];

const model = { name: 'm', status: 'LOGGED_MODEL_READY', files: { MLmodel: 'a' } };
const content = (metrics: RunContent['metrics'], children: readonly Child[] = []): RunContent => ({
  params: {},
  metrics,
  inputs: [],
  models: [model],
  outputs: 1,
  children,
});
const FIRST: Child = { name: 'C=1.0', status: 'FINISHED', content: content({ loss: 1 }) };
const SECOND: Child = { name: 'C=2.0', status: 'FINISHED', content: content({ loss: 2 }) };
const WHOLE = content({ loss: 1 }, [FIRST, SECOND]);

const verdictOn = (children: readonly Child[]) => {
  const run: CountedRun = {
    runId: 'run',
    status: 'FINISHED',
    tags: { [TAG]: 'tag' },
    content: content({ loss: 1 }, children),
    versions: [{ name: 'r', version: '1', status: 'READY', aliases: [] }],
  };
  const census = { runs: [run], deleted: 0, strayModels: [] };
  return judge(census, [{ tag: 'tag', C: '1.0,2.0', accepted: true }], new Map([['1.0,2.0', WHOLE]]));
};

describe('the verdict of the torture on a sweep', () => {
  it.each<[string, readonly Child[], object]>([
    ['that is whole', [FIRST, SECOND], { incomplete: 0, doubled: 0, examples: [] }],
    ['without a child', [FIRST], { incomplete: 1, doubled: 0 }],
    ['with a child that still runs', [FIRST, { ...SECOND, status: 'RUNNING' }], { incomplete: 1 }],
    [
      'with other metrics of a child',
      [FIRST, { ...SECOND, content: content({ loss: 3 }) }],
      { incomplete: 1 },
    ],
    [
      'with a child without its model',
      [FIRST, { ...SECOND, content: { ...SECOND.content, models: [] } }],
      { incomplete: 1 },
    ],
    ['with a child twice', [FIRST, SECOND, SECOND], { doubled: 1 }],
    [
      'with two models of a child',
      [FIRST, { ...SECOND, content: { ...SECOND.content, models: [model, model] } }],
      { doubled: 1 },
    ],
    ['with a child of another name', [FIRST, SECOND, { ...SECOND, name: 'C=3.0' }], { incomplete: 1 }],
  ])('%s', (_name, children, expected) => {
    expect(verdictOn(children)).toMatchObject({ lost: 0, strays: 0, ...expected });
  });
});
