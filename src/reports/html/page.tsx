import { createHash } from 'node:crypto';
import { renderToStaticMarkup } from 'preact-render-to-string';
import type { ReportData } from '../data.ts';
import { modelPlots, type NamedPlot, partPlots } from '../plots/all.tsx';
import { verdictOf } from '../verdict.ts';
import { Links, type ReportLinks } from './links.tsx';
import { Plots, Section } from './parts.tsx';
import {
  CalibrationTable,
  CoefficientTable,
  DataSection,
  Gates,
  Inference,
  Metrics,
  PerClass,
  Settings,
  Sweep,
} from './sections.tsx';
import { SLIDER_SCRIPT } from './slider.ts';
import { PAGE_STYLE } from './style.ts';
import { Thresholds } from './threshold.tsx';

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The page loads nothing and sends nothing. Its one script and its one style are known by their hashes. */
export const POLICY = `default-src 'none'; script-src ${hashOf(SLIDER_SCRIPT)}; style-src ${hashOf(PAGE_STYLE)}; base-uri 'none'; form-action 'none'`;

/** Draws the report as one self-contained page: the same bytes for the same numbers. */
export function reportHtml(data: ReportData, links: ReportLinks): string {
  return `<!DOCTYPE html>\n${renderToStaticMarkup(<Page data={data} links={links} />)}\n`;
}

function Page({ data, links }: { readonly data: ReportData; readonly links: ReportLinks }) {
  const plots = modelPlots(data);
  const named = (...names: string[]) => plots.filter(({ name }) => names.includes(name));
  const [first] = data.curves.test ?? [];
  const isBinary = data.classes.length === 2;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={POLICY} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${data.run}: report`}</title>
        <style dangerouslySetInnerHTML={{ __html: PAGE_STYLE }} />
      </head>
      <body>
        <main>
          <Head data={data} links={links} />
          <Gates data={data} />
          <Metrics data={data} />
          <Section title="Right and wrong predictions">
            <Plots plots={partsOf(data, 'confusion_matrix')} />
            <PerClass data={data} />
            {isBinary && first !== undefined && <Thresholds data={data} curves={first} />}
          </Section>
          <Curves data={data} />
          <Section title="Coefficients">
            <Plots plots={coefficientPlots(plots)} />
            <details open={data.coefficients.length <= 30}>
              <summary>Table</summary>
              <CoefficientTable data={data} />
            </details>
            <Inference data={data} />
          </Section>
          {data.losses !== undefined && (
            <Section title="Convergence">
              <Plots plots={named('convergence')} />
            </Section>
          )}
          {data.sweep !== undefined && (
            <Section title="Sweep">
              <Plots plots={named('sweep')} />
              <Sweep data={data} />
            </Section>
          )}
          <Section title="Data">
            <Plots plots={named('class_balance')} />
            <DataSection data={data} />
          </Section>
          <Warnings data={data} />
          <Section title="Settings">
            <Settings data={data} />
          </Section>
        </main>
        {isBinary && first !== undefined && first.thresholds.threshold.length > 0 && (
          <script dangerouslySetInnerHTML={{ __html: SLIDER_SCRIPT }} />
        )}
      </body>
    </html>
  );
}

function Head({ data, links }: { readonly data: ReportData; readonly links: ReportLinks }) {
  return (
    <header>
      <h1 dir="auto">{data.run}</h1>
      <p class="soft">
        Experiment <bdi>{data.experiment}</bdi>, registered model <bdi>{data.registered_model}</bdi>,{' '}
        {data.trained_at.replace('T', ' ').slice(0, 16)} UTC
      </p>
      <Links links={links} />
      <div class="verdict">
        {verdictOf(data).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
    </header>
  );
}

/** Test rows first. */
function partsOf(data: ReportData, kind: string): readonly NamedPlot[] {
  return [...partPlots(data, 'test'), ...partPlots(data, 'train')].filter(({ name }) => name.endsWith(kind));
}

function Curves({ data }: { readonly data: ReportData }) {
  if (data.curves.test === undefined) return null;
  const test = partPlots(data, 'test').filter(({ name }) => !name.endsWith('confusion_matrix'));
  return (
    <Section title="Curves">
      <Plots plots={test} />
      <CalibrationTable data={data} />
      <details>
        <summary>Training rows</summary>
        <Plots plots={[...partsOf(data, 'roc_curve').slice(1), ...partsOf(data, 'calibration').slice(1)]} />
      </details>
    </Section>
  );
}

function coefficientPlots(plots: readonly NamedPlot[]): readonly NamedPlot[] {
  return plots.filter(({ name }) => name.startsWith('coefficients') || name === 'inference');
}

function Warnings({ data: { warnings } }: { readonly data: ReportData }) {
  if (warnings.length === 0) return null;
  return (
    <Section title="Warnings">
      {warnings.map(({ code, message }) => (
        <p class="warning" key={message}>
          <code>{code}</code>: {message}
        </p>
      ))}
    </Section>
  );
}
