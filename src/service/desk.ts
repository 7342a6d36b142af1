import type { Spool } from '../spool/spool.ts';
import type { Deliveries } from '../tracking/delivery/deliveries.ts';
import { recordRun } from '../tracking/record.ts';
import type { Env } from '../tracking/tags.ts';
import type { DeliveryDesk } from '../training/deliveryPort.ts';
import type { MlflowConnection } from './mlflow.ts';

/** The parts that the desk passes calls on to. */
interface Behind {
  readonly mlflow: MlflowConnection;
  readonly spool: Spool;
  readonly deliveries: Deliveries;
  /** The environment in which the commit and the user are looked for. */
  readonly env: Env;
}

/** Opens the desk that takes trainings: it records their runs, keeps them in the spool and delivers them to MLflow. */
export function openDesk({ mlflow, spool, deliveries, env }: Behind): DeliveryDesk {
  return {
    checkRoom: async () => {
      mlflow.requireHope();
      await spool.checkRoom();
    },
    modelLog: (kept) => ({
      logModel: async (pipeline, run) => deliveries.accept(recordRun(pipeline, run, env), kept),
    }),
    logged: (id) => deliveries.logged(id),
    find: (id) => deliveries.find(id),
    findByKey: (digest) => deliveries.findByKey(digest),
    list: async (state) => {
      if (state !== undefined) return deliveries.list(state);
      const [pending, dead] = [deliveries.list('pending'), deliveries.list('dead')];
      return [...(await pending), ...(await dead)];
    },
    retry: (id) => deliveries.retry(id),
  };
}
