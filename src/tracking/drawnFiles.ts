import type { RecordFile } from './delivery/recordStore.ts';
import { experimentUrl, type LinkBase, modelUrl, runUrl } from './links.ts';
import type { RunInfo } from './mlflowTypes.ts';
import { artifactsOf, type RecordedTree, type RunNode } from './tree.ts';

const REPORT = 'report.json';

/**
 * The files beside a node's model: those of the record, and those that are drawn from the numbers in it. Drawing again gives the
 * same bytes. What draws is loaded only now. If a report cannot be drawn, the run arrives without it: a picture must not keep a
 * training from MLflow.
 */
export async function filesToSend(
  recorded: RecordedTree,
  node: RunNode,
  { base, run }: { readonly base: LinkBase; readonly run: RunInfo },
): Promise<readonly RecordFile[]> {
  const files = artifactsOf(recorded, node);
  const numbers = files.find(({ path }) => path === REPORT);
  if (node.report === undefined || numbers === undefined) return files;
  try {
    const { drawReport } = await import('../reports/draw.tsx');
    const drawn = drawReport(numbers.bytes.toString(), node.report === 'full', linksOf(node, base, run));
    return [...files, ...drawn.map(({ path, text }) => ({ path, bytes: Buffer.from(text) }))];
  } catch {
    return files;
  }
}

/** The version of the model is not there yet: it is made once the run has its files. */
function linksOf({ model }: RunNode, base: LinkBase, { run_id, experiment_id }: RunInfo) {
  return [
    { text: 'the run', url: runUrl(base, experiment_id, run_id) },
    { text: 'the experiment', url: experimentUrl(base, experiment_id) },
    ...(model?.registeredAs === undefined
      ? []
      : [{ text: 'the registered model', url: modelUrl(base, model.registeredAs) }]),
  ];
}
