import type { LoggedRun } from '../values/run.ts';
import type { RunTree } from './tree.ts';

/** Where people find MLflow's pages. */
export interface LinkBase {
  /** The address, without a slash at its end. */
  readonly url: string;
  readonly workspace?: string;
}

export function runUrl(base: string, experimentId: string, runId: string, workspace?: string): string {
  const path = `experiments/${encodeURIComponent(experimentId)}/runs/${encodeURIComponent(runId)}`;
  return `${base}/#/${path}${inWorkspace(workspace)}`;
}

export function modelVersionUrl(base: string, name: string, version: string, workspace?: string): string {
  const path = `models/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}`;
  return `${base}/#/${path}${inWorkspace(workspace)}`;
}

function inWorkspace(workspace: string | undefined): string {
  return workspace === undefined ? '' : `?workspace=${encodeURIComponent(workspace)}`;
}

/** Where a training is found in MLflow. */
export function loggedRun(
  { url, workspace }: LinkBase,
  { nodes: [root] }: RunTree,
  delivered: { readonly runId: string; readonly experimentId: string; readonly modelVersion: string },
): LoggedRun {
  const { runId, experimentId, modelVersion } = delivered;
  const { name: runName, model } = root;
  const { name: modelName, registeredAs: registeredModelName } = model;
  return {
    runId,
    runName,
    runUrl: runUrl(url, experimentId, runId, workspace),
    experimentId,
    modelUri: `runs:/${runId}/${modelName}`,
    registeredModelName,
    modelVersion,
    modelUrl: modelVersionUrl(url, registeredModelName, modelVersion, workspace),
  };
}
