import { deliverChildren } from './children.ts';
import { fillAndEnd, findWhole, reopen, type WholeNode } from './deliverNode.ts';
import type { Delivered, Delivery } from './delivery.ts';
import { settleRoot } from './run.ts';

/**
 * Delivers a tree of runs to MLflow: makes the root's run, completes all children, and then completes the root. FINISHED
 * comes last, so a root that reads FINISHED is whole, with all its children. The function can be called again after
 * any failure, also by another process with the same journal: it finds what is there, and makes what is not.
 *
 * @throws what the calls throw, StillDoubtfulError, TrackingRefusedError `run_deleted` and `run_lost`
 */
export async function deliver(delivery: Delivery): Promise<Delivered> {
  const { server, recorded } = delivery;
  const [root] = recorded.tree.nodes;
  const found = await server.found();
  const run = await settleRoot(delivery);
  const ids = { runId: run.run_id, experimentId: run.experiment_id };
  const whole = await findWhole(delivery, root, run);
  if (whole !== undefined) return { ...ids, ...versionOf(whole) };
  await reopen(delivery, root, run);
  await deliverChildren(delivery, run, found);
  return { ...ids, ...versionOf(await fillAndEnd(delivery, root, run, found)) };
}

function versionOf({ version }: WholeNode): Pick<Delivered, 'modelVersion'> {
  return version === undefined ? {} : { modelVersion: version };
}
