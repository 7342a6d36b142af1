import type { Worker } from '../../jobs/backlog.ts';
import { type EvaluationRooms, evaluate } from '../../training/evaluate.ts';
import { parseEvaluateFields } from '../../training/fields/parse.ts';
import { takeIn } from '../../training/takeIn.ts';
import { laterClock } from '../train/timing.ts';
import { type KeptEvaluation, measuredAnswer } from './evaluateAnswer.ts';

/** Does evaluations that lie on disk. */
export function evaluateWorker(rooms: EvaluationRooms): Worker {
  return async ({ id, ticket, files: { test: path = '' } }, { watch }) => {
    const clock = laterClock(ticket);
    const source = await takeIn(rooms.engine, { path }, watch);
    try {
      const request = {
        id,
        watch,
        fields: parseEvaluateFields(ticket.body),
        source,
        fileName: ticket.fileNames['test'] ?? '',
        receivedAt: new Date(ticket.receivedAtMs),
      };
      return await evaluate(request, rooms, (measured) => {
        const kept: KeptEvaluation = { ...measuredAnswer(measured, clock()), brief: measured.brief };
        return { answer: kept, ...(ticket.key && { key: ticket.key }) };
      });
    } finally {
      await source.release();
    }
  };
}
