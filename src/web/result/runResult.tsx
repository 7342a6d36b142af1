import type { ReportData } from '../../reports/data.ts';
import { seenReport } from '../../reports/plots/text.ts';
import { FaultBox } from '../parts/fault.tsx';
import { useLoaded } from '../parts/loaded.ts';
import { service } from '../service.ts';
import { linksOfRun, type MlflowLinks } from './mlflowLinks.ts';
import { ResultView } from './resultView.tsx';

interface RunWithReport {
  readonly report: ReportData;
  readonly links: MlflowLinks;
}

/** The result of a run, from the report that MLflow has. */
export function RunResult({ id }: { readonly id: string }) {
  const { value, fault, again } = useLoaded(id, () => load(id));
  if (fault !== undefined) return <FaultBox fault={fault} again={again} />;
  if (value === undefined) return <p class="soft">Reading the report…</p>;
  return <ResultView name={value.report.run} facts={value.report} {...value} />;
}

async function load(id: string): Promise<RunWithReport> {
  const report = seenReport(await service.report(id));
  return { report, links: await findLinks(id, report) };
}

/** A report does not know its pages in MLflow. Without them, the result is shown all the same. */
async function findLinks(id: string, { experiment, sweep }: ReportData): Promise<MlflowLinks> {
  const search = (filter: string) => service.runs({ experiment, filter, max: CANDIDATES_MAX });
  try {
    const [own, children] = await Promise.all([
      search(`attributes.run_id = '${id}'`),
      sweep === undefined ? undefined : search(`tags.\`mlflow.parentRunId\` = '${id}'`),
    ]);
    return linksOfRun(own.runs[0], own.experiment.url, children?.runs ?? [], sweep);
  } catch {
    return linksOfRun(undefined, null, [], sweep);
  }
}

/** A sweep has fewer candidates than a page of runs can have. */
const CANDIDATES_MAX = 200;
