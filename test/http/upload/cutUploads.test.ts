import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutUploads, openDescriptors } from '../../support/cutUploads.ts';
import { ORIGINAL_PLAN } from '../../support/plans.ts';
import { answerOf, multipart, open, requestOf } from '../../support/rawUpload.ts';
import { startTestService, type TestService } from '../../support/service.ts';

const PLACES = 8;
const CSV = `a,b,Outcome\n${Array.from({ length: 40 }, (_, row) => `${row},${row % 7},${row % 2}`).join('\n')}\n`;

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ upload: { atOnceMax: PLACES } });
  await service.engine.warmUp(ORIGINAL_PLAN);
});
afterAll(() => service.close());

async function train(): Promise<number> {
  const socket = await open(service.url);
  socket.write(requestOf(multipart([{ name: 'train_file', fileName: 'a.csv', value: CSV }])));
  const { status } = await answerOf(socket);
  socket.destroy();
  return status;
}

describe('uploads that are cut', () => {
  it('leave no file, no descriptor, no memory, no slot and no thread behind', async () => {
    expect(await train()).toBe(200);
    await expect.poll(() => service.uploads()).toEqual([]);
    const before = openDescriptors();
    const options = { count: 100, atOnce: PLACES, fileBytesMax: 1_000_000 };
    expect(await cutUploads(service.url, options)).toBeGreaterThan(50);
    await expect.poll(() => service.uploads()).toEqual([]);
    await expect.poll(() => service.engine.memory().promisedBytes).toBe(0);
    // The connection of the first training may have been one of the open descriptors.
    await expect.poll(openDescriptors).toBeLessThanOrEqual(before);
    // As many trainings as slots, all at the same time.
    const statuses = await Promise.all(Array.from({ length: PLACES }, train));
    expect(statuses).toEqual(statuses.map(() => 200));
  });
});
