import { describe, expect, it } from 'vitest';
import { columnsOf, csvPath, filterOf, orderOf, orderText } from '../../../src/web/runs/query.ts';

describe('the search for runs', () => {
  it.each(['attributes.start_time DESC', 'metrics.`test_roc_auc` ASC', 'params.`a b` DESC'])(
    'reads the order %j and writes the same',
    (text) => {
      expect(orderText(orderOf(text)!)).toBe(text);
    },
  );

  it('does not take another text for an order of the table', () => {
    expect(orderOf('metrics.a')).toBeUndefined();
    expect(orderOf('')).toBeUndefined();
  });

  it('asks for runs by ids, and for nothing else that a link says', () => {
    expect(filterOf(['a1', "x') or ('1' = '1", 'b-2'])).toBe("attributes.run_id IN ('a1', 'b-2')");
  });

  it('names the same list as CSV', () => {
    const query = { experiment: 'a&b', filter: "params.C = '1'", orderBy: 'metrics.x DESC' };
    expect(csvPath(query)).toBe(
      'runs?experiment=a%26b&filter=params.C+%3D+%271%27&order_by=metrics.x+DESC&format=csv',
    );
  });
});

describe('columns of the list', () => {
  const run = (id: string, params: Record<string, string>, names: readonly string[]) => ({
    id,
    name: id,
    params,
    metrics: Object.fromEntries(names.map((name) => [name, 1])),
  });
  const names = [
    'm1',
    'm2',
    'm3',
    'm4',
    'test_accuracy_score',
    'test_roc_auc',
    'test_roc_auc_ci_low',
    'accuracy',
  ];
  const params = { C: '1', a: '1', b: '1', c: '1', d: '1', same: 'x' };
  const other = { C: '2', a: '2', b: '2', c: '2', d: '2', same: 'x' };
  const runs = [run('r1', params, names), run('r2', other, ['m1'])];

  it('are the metrics that say most, and the params that differ', () => {
    expect(columnsOf(runs, undefined).map(({ key }) => key)).toEqual([
      'metrics.`test_roc_auc`',
      'metrics.`test_accuracy_score`',
      'metrics.`m1`',
      'metrics.`m2`',
      'params.`C`',
      'params.`a`',
      'params.`b`',
    ]);
  });

  it('keep the column that the list is ordered by', () => {
    const keys = columnsOf(runs, { by: 'params.`d`', isDescending: false }).map(({ key }) => key);
    expect(keys).toContain('params.`d`');
    expect(keys).not.toContain('metrics.`m4`');
  });
});
