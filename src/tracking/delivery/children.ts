import { CallFailedError } from '../callErrors.ts';
import { allDone, alsoThrowing } from '../calls.ts';
import type { RunInfo } from '../mlflowTypes.ts';
import type { FoundServer } from '../serverFinder.ts';
import type { RunNode } from '../tree.ts';
import { createNoted, findMade } from './createOnce.ts';
import { fillAndEnd, findWhole, reopen } from './deliverNode.ts';
import type { Delivery } from './delivery.ts';
import { StillDoubtfulError } from './journal.ts';
import { findRunOf, newRun, preferred, runLost } from './run.ts';
import { findTreeRuns, type TreeRuns } from './treeRuns.ts';
import { isFinal } from './verdict.ts';

/** Children delivered side by side. MLflow's server is one process, and is no faster with more of them (bench/README.md). */
const LANES = 4;
/** Children whose creation is noted with one write. */
const NOTED = 8;

/** A child that is to be delivered, with the run that an earlier try has made. */
interface Child {
  readonly node: RunNode;
  readonly run: RunInfo | undefined;
}

/**
 * Delivers the children of a tree, some at a time. Each of them is FINISHED as soon as it is whole. A child whose run
 * somebody deleted is noted and left out.
 *
 * @throws what the calls throw, once the other lanes have ended; StillDoubtfulError, once all other children are whole
 */
export async function deliverChildren(delivery: Delivery, root: RunInfo, found: FoundServer): Promise<void> {
  const [, ...all] = delivery.recorded.tree.nodes;
  const nodes = all.filter(({ key }) => !delivery.journal.isWhole(key));
  if (nodes.length === 0) return;
  const doubts: StillDoubtfulError[] = [];
  const children = await takeStock(delivery, root, nodes, doubts);
  await inLanes(delivery, children, (child) =>
    postponing(doubts, () => deliverChild(delivery, child, root, found)),
  );
  const [first] = doubts.sort((one, other) => one.untilMs - other.untilMs);
  if (first !== undefined) throw first;
}

/**
 * Delivers children in lanes. One write notes several children, before the first of them is made. The next children are
 * noted when a lane takes the last of these, while MLflow is still busy with the other lanes. When a child fails, or the
 * service stops, no more children are noted. The other lanes still deliver all that are noted, because a later process
 * would have to wait for a child that is noted and cannot be found.
 */
async function inLanes(
  { journal, isStopping }: Delivery,
  children: readonly Child[],
  deliverOne: (child: Child) => Promise<void>,
): Promise<void> {
  let [taken, covered, hasFailed] = [0, 0, false];
  let noted = Promise.resolve();
  const noteNext = () => {
    if (hasFailed || isStopping()) return;
    const next = children.slice(covered, covered + NOTED);
    covered += next.length;
    noted = journal.attempt(next.flatMap(({ node, run }) => (run === undefined ? [runOf(node)] : [])));
    // The lane that takes the next child throws the error.
    noted.catch(() => {});
  };
  const lane = async () => {
    while (taken < covered) {
      const child = children[taken++]!;
      const isNoted = noted;
      if (taken === covered) noteNext();
      await isNoted;
      await deliverOne(child);
    }
  };
  const failing = (error: unknown) => {
    hasFailed = true;
    throw error;
  };
  noteNext();
  await allDone(Array.from({ length: LANES }, () => lane().catch(failing)));
  if (taken < children.length) throw stopped();
}

const runOf = ({ key }: RunNode) => `${key}/run` as const;

function stopped(): CallFailedError {
  return new CallFailedError('stopping', 'The service is shutting down.', false);
}

/** Does something for one child. A doubt about that child does not keep the others waiting. */
async function postponing(doubts: StillDoubtfulError[], act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof StillDoubtfulError)) throw error;
    doubts.push(error);
  }
}

/** Finds out which children are still to be delivered, and which of them have a run. */
async function takeStock(
  delivery: Delivery,
  root: RunInfo,
  nodes: readonly RunNode[],
  doubts: StillDoubtfulError[],
): Promise<Child[]> {
  const { client, journal, recorded } = delivery;
  const isNew = nodes.every((node) => !journal.mayExist(runOf(node)));
  const runs = isNew ? new Map() : await findTreeRuns(client, root.experiment_id, recorded.tree);
  const children: Child[] = [];
  for (const node of nodes) {
    await postponing(doubts, async () => {
      const child = await lookUp(delivery, node, runs);
      if (child !== undefined) children.push(child);
    });
  }
  return children;
}

/**
 * Finds the run that an earlier try has made for a child.
 * @returns undefined if the child is whole, or if somebody deleted its run
 * @throws StillDoubtfulError while the run may exist and is not found
 */
async function lookUp(delivery: Delivery, node: RunNode, runs: TreeRuns): Promise<Child | undefined> {
  const { client, journal, recorded } = delivery;
  const thing = runOf(node);
  const knownId = journal.idOf(thing);
  const run = await findMade(journal, thing, {
    find: async () =>
      preferred(runs.get(node.key) ?? [], knownId) ??
      // Somebody may have removed its tag.
      (knownId === undefined ? undefined : await findRunOf(client, recorded.tree, node, journal)),
    idOf: (found) => found.run_id,
  });
  if (run !== undefined) {
    if (await isGone(delivery, node, run)) return undefined;
    if ((await findWhole(delivery, node, run)) === undefined) return { node, run };
    journal.seenWhole(node.key);
    return undefined;
  }
  if (journal.deleted.includes(node.key)) return undefined;
  // MLflow has lost the run, as after a restored backup.
  if (knownId !== undefined && !(await journal.forget(node.key))) throw runLost(knownId);
  return { node, run: undefined };
}

async function deliverChild(
  delivery: Delivery,
  { node, run: known }: Child,
  root: RunInfo,
  found: FoundServer,
): Promise<void> {
  const { client, journal } = delivery;
  const run = known ?? (await createChild(delivery, node, root));
  if (await isGone(delivery, node, run)) return;
  try {
    await reopen(delivery, node, run);
    await fillAndEnd(delivery, node, run, found);
    journal.seenWhole(node.key);
  } catch (error) {
    if (!isFinal(error)) throw error;
    // MLflow refuses calls to a run that somebody has deleted meanwhile.
    const now = await alsoThrowing(error, () => client.getRun(run.run_id));
    if (now === undefined || !(await isGone(delivery, node, now.info))) throw error;
  }
}

function createChild(
  { client, journal, recorded: { tree } }: Delivery,
  node: RunNode,
  root: RunInfo,
): Promise<RunInfo> {
  return createNoted(journal, runOf(node), {
    find: () => findRunOf(client, tree, node, journal),
    create: () => client.createRun(newRun(tree, node, root.experiment_id, root.run_id)),
    idOf: (run) => run.run_id,
  });
}

/** Whether somebody deleted the run; the journal notes that. */
async function isGone({ journal }: Delivery, { key }: RunNode, run: RunInfo): Promise<boolean> {
  const isDeleted = run.lifecycle_stage === 'deleted';
  if (isDeleted) await journal.noteDeleted(key);
  else journal.noteRestored(key);
  return isDeleted;
}
