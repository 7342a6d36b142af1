import type { VNode } from 'preact';
import { renderToStaticMarkup } from 'preact-render-to-string';
import type { RunFile } from '../values/run.ts';
import type { ReportData } from './data.ts';
import type { ReportLinks } from './html/links.tsx';
import { POLICY, reportHtml } from './html/page.tsx';
import { modelPlots, type NamedPlot, partPlots } from './plots/all.tsx';
import { PLOT_STYLE } from './plots/palette.ts';
import { seenValue } from './plots/text.ts';

/**
 * Draws the files of a report from its numbers: the same bytes each time.
 * @param json the text of `report.json`
 * @param isFull whether each plot becomes a file of its own
 * @param links MLflow's pages, once they are known
 */
export function drawReport(json: string, isFull: boolean, links: ReportLinks = []): readonly RunFile[] {
  const data = JSON.parse(json, seenValue) as ReportData;
  const page = { path: 'report.html', text: reportHtml(data, links) };
  if (!isFull) return [page];
  const plots = [...partPlots(data, 'test'), ...partPlots(data, 'train'), ...modelPlots(data)];
  return [page, ...plots.map(plotFile)];
}

/**
 * Draws the page of a report from its numbers, with the policy that a browser must keep to.
 * @param json the text of `report.json`
 */
export function reportPage(json: string): { readonly text: string; readonly policy: string } {
  return {
    text: reportHtml(JSON.parse(json, seenValue) as ReportData, []),
    policy: `${POLICY}; frame-ancestors 'none'`,
  };
}

function plotFile({ name, plot }: NamedPlot): RunFile {
  return { path: `plots/${name}.svg`, text: svgText(plot) };
}

/** A plot as a file: it brings its style along. */
function svgText(plot: VNode): string {
  const svg = renderToStaticMarkup(plot);
  const start = svg.indexOf('>') + 1;
  return `${svg.slice(0, start)}<style>${PLOT_STYLE}</style>${svg.slice(start)}\n`;
}
