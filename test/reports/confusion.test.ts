import { describe, expect, it } from 'vitest';
import { withoutRareClasses } from '../../src/reports/plots/confusion.tsx';

describe('withoutRareClasses', () => {
  it('puts the classes with the fewest rows together, and keeps every row', () => {
    const labels = ['a', 'b', 'c', 'd'];
    const matrix = [
      [9, 1, 0, 0],
      [1, 1, 0, 0],
      [0, 2, 8, 1],
      [0, 0, 1, 2],
    ];
    expect(withoutRareClasses({ labels, matrix }, 3)).toEqual({
      labels: ['a', 'c', '2 others'],
      matrix: [
        [9, 0, 1],
        [0, 8, 3],
        [1, 1, 3],
      ],
    });
    expect(withoutRareClasses({ labels, matrix }, 4)).toEqual({ labels, matrix });
  });
});
