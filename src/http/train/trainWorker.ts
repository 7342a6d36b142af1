import type { Worker } from '../../jobs/backlog.ts';
import { parseFields } from '../../training/fields/parse.ts';
import { takeIn } from '../../training/takeIn.ts';
import { type TrainingRooms, train } from '../../training/train.ts';
import { laterClock } from './timing.ts';
import { keptAnswer } from './trainAnswer.ts';

/** Does trainings that lie on disk. */
export function trainWorker(rooms: TrainingRooms): Worker {
  return async ({ id, ticket, files }, { watch }) => {
    const { train: path = '', test } = files;
    const clock = laterClock(ticket);
    const source = await takeIn(
      rooms.engine,
      { path, ...(test !== undefined && { test: { path: test } }) },
      watch,
    );
    try {
      const request = {
        id,
        watch,
        fields: parseFields(ticket.body, test !== undefined),
        source,
        fileName: ticket.fileNames['train'] ?? '',
        ...(test !== undefined && { testFileName: ticket.fileNames['test'] ?? '' }),
        receivedAt: new Date(ticket.receivedAtMs),
      };
      return await train(request, rooms, (result, run, found) => ({
        answer: keptAnswer(result, run, { ...found, clock: clock() }),
        ...(ticket.key && { key: ticket.key }),
      }));
    } finally {
      await source.release();
    }
  };
}
