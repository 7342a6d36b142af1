import { describe, expect, it } from 'vitest';
import { previewOf } from '../../../src/web/predict/preview.ts';

describe('the first rows of predictions', () => {
  it.each([
    ['commas', 'a,prediction,probability_0\n1,0,0.9\n', [['1', '0', '0.9']]],
    ['semicolons and decimal commas', 'a;prediction;probability_0\n1,5;0;0,9\n', [['1,5', '0', '0,9']]],
    ['tabs', 'a\tprediction\tprobability_0\n1\t0\t0.9\n', [['1', '0', '0.9']]],
    [
      'quotes, delimiters and line ends in cells',
      '"a,b",prediction,probability_0\n"x ""y"",\nz",0,0.9\n',
      [['x "y",\nz', '0', '0.9']],
    ],
    ['a quoted name before it', '"a ""b""","prediction",probability_0\n1,0,0.9\n', [['1', '0', '0.9']]],
    ['empty cells', 'a,prediction,probability_0\n,,\n', [['', '', '']]],
    ['a row that is cut off', 'a,prediction,probability_0\n1,0,0.9\n2,1,0.', [['1', '0', '0.9']]],
    ['a cell that is cut off within quotes', 'a,prediction,probability_0\n"1', []],
    ['no rows', 'a,prediction,probability_0\n', []],
  ])('are read with %s', (_name, text, rows) => {
    const preview = previewOf(text, 10);
    expect(preview.names).toHaveLength(3);
    expect(preview.names.slice(1)).toEqual(['prediction', 'probability_0']);
    expect(preview.rows).toEqual(rows);
  });

  it('are no more than asked for', () => {
    expect(previewOf(`a,prediction,p\n${'1,0,0.9\n'.repeat(20)}`, 3).rows).toHaveLength(3);
  });
});
