import { expect, it } from 'vitest';
import { warmUpModels } from '../../src/models/warmUp.ts';

it('the made-up model of the warm-up can be read and predicts', async () => {
  await expect(warmUpModels()).resolves.toBeUndefined();
});
