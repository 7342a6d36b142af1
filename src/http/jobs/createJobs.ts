import type { BacklogOptions } from '../../jobs/backlog.ts';
import { Jobs } from '../../jobs/jobs.ts';
import type { LoadedModels } from '../../training/evaluate.ts';
import type { TrainingRooms } from '../../training/train.ts';
import { evaluateWorker } from '../evaluate/evaluateWorker.ts';
import { trainWorker } from '../train/trainWorker.ts';
import { kindOf } from './kindOf.ts';

/** The jobs of a service, with what each kind does later. The caller starts them. */
export function createJobs(
  rooms: TrainingRooms,
  models: LoadedModels,
  options: Omit<BacklogOptions, 'workers' | 'registry' | 'underWay' | 'isAccepted'>,
): Jobs {
  const workers = { train: trainWorker(rooms), evaluate: evaluateWorker({ ...rooms, models }) };
  return new Jobs({ ...rooms, kindOf, backlog: { ...options, workers } });
}
