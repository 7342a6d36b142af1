import { describe, expect, it } from 'vitest';
import { filesToSend } from '../../src/tracking/drawnFiles.ts';
import { recordTree } from '../../src/tracking/record.ts';
import { chosenOf } from '../../src/values/result.ts';
import { reportOf } from '../reports/sample.ts';

const PLACE = {
  base: { url: 'http://mlflow.test:5000' },
  run: {
    run_id: 'abc',
    experiment_id: '7',
    artifact_uri: 'mlflow-artifacts:/7/abc/artifacts',
    status: 'RUNNING',
    start_time: 0,
    lifecycle_stage: 'active',
  },
} as const;

describe('files that are drawn on the way to MLflow', () => {
  it.each([
    ['true', ['report.json', 'report.html']],
    ['false', []],
  ])('with report=%s are %j', async (report, paths) => {
    const { run, result } = await reportOf({ report });
    const { tree, files } = recordTree(chosenOf(result).pipeline, run, {});
    // A record goes through JSON on the disk.
    const recorded = { tree: JSON.parse(JSON.stringify(tree)) as typeof tree, files };
    expect(files.some(({ path }) => path.endsWith('.html'))).toBe(false);
    const sent = await filesToSend(recorded, recorded.tree.nodes[0], PLACE);
    expect(sent.map(({ path }) => path)).toEqual(paths);
    expect(await filesToSend(recorded, recorded.tree.nodes[0], PLACE)).toEqual(sent);
  });

  it('lead to the pages of MLflow, if its address is one of the web', async () => {
    const { run, result } = await reportOf({});
    const recorded = recordTree(chosenOf(result).pipeline, run, {});
    const linksFor = async (url: string) => {
      const [, page] = await filesToSend(recorded, recorded.tree.nodes[0], { ...PLACE, base: { url } });
      return [...page!.bytes.toString().matchAll(/<a href="([^"]*)"/g)].map(([, link]) => link);
    };
    const ui = 'http://mlflow.test:5000/#';
    expect(await linksFor('http://mlflow.test:5000')).toEqual([
      `${ui}/experiments/7/runs/abc?workflowType=machine_learning`,
      `${ui}/experiments/7/runs?workflowType=machine_learning`,
      `${ui}/models/M?workflowType=machine_learning`,
    ]);
    expect(await linksFor('javascript:alert(1)')).toEqual([]);
  });

  it('with report=full are the plots too', async () => {
    const { run, result } = await reportOf({ report: 'full' });
    const recorded = recordTree(chosenOf(result).pipeline, run, {});
    const paths = (await filesToSend(recorded, recorded.tree.nodes[0], PLACE)).map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['report.html', 'plots/test_roc_curve.svg', 'tables/coefficients.csv']),
    );
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('are left out if they cannot be drawn: the run arrives all the same', async () => {
    const { run, result } = await reportOf({});
    const damaged = { ...run, files: [{ path: 'report.json', text: '{"version": 1}' }] };
    const recorded = recordTree(chosenOf(result).pipeline, damaged, {});
    const sent = await filesToSend(recorded, recorded.tree.nodes[0], PLACE);
    expect(sent.map(({ path }) => path)).toEqual(['report.json']);
  });
});
