import { describe, expect, it } from 'vitest';
import { filesToSend } from '../../src/tracking/drawnFiles.ts';
import { recordTree } from '../../src/tracking/record.ts';
import { chosenOf } from '../../src/values/result.ts';
import { reportOf } from '../reports/sample.ts';

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
    const sent = await filesToSend(recorded, recorded.tree.nodes[0]);
    expect(sent.map(({ path }) => path)).toEqual(paths);
    expect(await filesToSend(recorded, recorded.tree.nodes[0])).toEqual(sent);
  });

  it('with report=full are the plots too', async () => {
    const { run, result } = await reportOf({ report: 'full' });
    const recorded = recordTree(chosenOf(result).pipeline, run, {});
    const paths = (await filesToSend(recorded, recorded.tree.nodes[0])).map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['report.html', 'plots/test_roc_curve.svg', 'tables/coefficients.csv']),
    );
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('are left out if they cannot be drawn: the run arrives all the same', async () => {
    const { run, result } = await reportOf({});
    const damaged = { ...run, files: [{ path: 'report.json', text: '{"version": 1}' }] };
    const recorded = recordTree(chosenOf(result).pipeline, damaged, {});
    const sent = await filesToSend(recorded, recorded.tree.nodes[0]);
    expect(sent.map(({ path }) => path)).toEqual(['report.json']);
  });
});
