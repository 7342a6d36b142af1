/** Addresses of MLflow's pages, below the address under which people reach it (no slash at its end). */

export function runUrl(base: string, experimentId: string, runId: string): string {
  return `${base}/#/experiments/${encodeURIComponent(experimentId)}/runs/${encodeURIComponent(runId)}`;
}

export function modelVersionUrl(base: string, name: string, version: string): string {
  return `${base}/#/models/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}`;
}
