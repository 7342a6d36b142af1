import type { LoggedRun } from '../values/run.ts';
import type { RunTree } from './tree.ts';

/** Where people find MLflow's pages. */
export interface LinkBase {
  /** The address, without a slash at its end. */
  readonly url: string;
  readonly workspace?: string;
}

/** Without it, MLflow shows people who see it for the first time its pages for generative AI. Older versions ignore it. */
const WORKFLOW = 'workflowType=machine_learning';

export function experimentUrl(base: LinkBase, experimentId: string): string {
  return pageUrl(base, `experiments/${encodeURIComponent(experimentId)}/runs`);
}

export function runUrl(base: LinkBase, experimentId: string, runId: string): string {
  return pageUrl(base, `experiments/${encodeURIComponent(experimentId)}/runs/${encodeURIComponent(runId)}`);
}

export function modelUrl(base: LinkBase, name: string): string {
  return pageUrl(base, `models/${encodeURIComponent(name)}`);
}

export function modelVersionUrl(base: LinkBase, name: string, version: string): string {
  return pageUrl(base, `models/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}`);
}

function pageUrl({ url, workspace }: LinkBase, path: string): string {
  const inWorkspace = workspace === undefined ? '' : `&workspace=${encodeURIComponent(workspace)}`;
  return `${url}/#/${path}?${WORKFLOW}${inWorkspace}`;
}

interface Delivered {
  readonly runId: string;
  readonly experimentId: string;
  readonly modelVersion?: string;
  /** Ids of the runs by the keys of their nodes. */
  readonly runIds: Readonly<Record<string, string | undefined>>;
}

/** Where a training is found in MLflow. */
export function loggedRun(
  base: LinkBase,
  { nodes: [root, ...children] }: RunTree,
  delivered: Delivered,
): LoggedRun {
  const { runId, experimentId, modelVersion, runIds } = delivered;
  const { name: runName, model, promotion } = root;
  const registeredAs = promotion?.registeredModelName ?? model?.registeredAs;
  return {
    runId,
    runName,
    runUrl: runUrl(base, experimentId, runId),
    experimentId,
    experimentUrl: experimentUrl(base, experimentId),
    ...(model && { modelUri: `runs:/${runId}/${model.name}` }),
    ...(registeredAs !== undefined &&
      modelVersion !== undefined && {
        registeredModelName: registeredAs,
        modelVersion,
        modelUrl: modelVersionUrl(base, registeredAs, modelVersion),
      }),
    ...(children.length > 0 && {
      children: children.map((node) => {
        const id = runIds[node.key];
        // Somebody may have deleted the run while it was delivered.
        if (id === undefined) return null;
        return {
          runId: id,
          runName: node.name,
          runUrl: runUrl(base, experimentId, id),
          ...(node.model && { modelUri: `runs:/${id}/${node.model.name}` }),
        };
      }),
    }),
  };
}
