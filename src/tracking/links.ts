import type { LoggedRun } from '../values/run.ts';
import type { RunTree } from './tree.ts';

/** Addresses of MLflow's pages, below the address under which people reach it (no slash at its end). */

export function runUrl(base: string, experimentId: string, runId: string): string {
  return `${base}/#/experiments/${encodeURIComponent(experimentId)}/runs/${encodeURIComponent(runId)}`;
}

export function modelVersionUrl(base: string, name: string, version: string): string {
  return `${base}/#/models/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}`;
}

/** Where a training is found in MLflow, whose pages are at `base`. */
export function loggedRun(
  base: string,
  { nodes: [root] }: RunTree,
  delivered: { readonly runId: string; readonly experimentId: string; readonly modelVersion: string },
): LoggedRun {
  const { runId, experimentId, modelVersion } = delivered;
  const { name: runName, model } = root;
  const { name: modelName, registeredAs: registeredModelName } = model;
  return {
    runId,
    runName,
    runUrl: runUrl(base, experimentId, runId),
    experimentId,
    modelUri: `runs:/${runId}/${modelName}`,
    registeredModelName,
    modelVersion,
    modelUrl: modelVersionUrl(base, registeredModelName, modelVersion),
  };
}
