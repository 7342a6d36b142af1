import type { Holdout } from '../values/holdout.ts';
import { chosenOf, type Result } from '../values/result.ts';
import type { Warning } from '../values/warning.ts';
import { settingsOf } from './children.ts';
import { measuresOf } from './measures.ts';

/** Decimals of metrics: enough to compare, few enough to read. */
const DECIMALS = 4;
/** MLflow takes longer descriptions, but nobody reads them. */
const WARNINGS_MAX = 10;

interface NoteInput {
  readonly fileName: string;
  readonly testFileName?: string;
  readonly holdout: Holdout;
  readonly result: Result;
}

/** Describes a training in Markdown: file, rows, split, settings, metrics of both parts, and warnings. */
export function noteOf({ fileName, testFileName, holdout, result }: NoteInput): string {
  const { data, split, candidates, chosen, threshold } = result;
  const best = chosenOf(result);
  const { training, test, cv } = measuresOf(best);
  const settings = Object.entries(settingsOf(best.model)).map(
    ([name, value]) => `${name}=${value ?? 'none'}`,
  );
  const warnings = [...result.warnings, ...best.warnings];
  return [
    `\`${plain(fileName)}\`: ${data.rows} rows, target \`${plain(data.target)}\`. ${split.train} rows to train on, ${split.test} to test on (${splitText(holdout, testFileName)}).`,
    ...(candidates.length > 1 ? [`The best of ${candidates.length} candidates (number ${chosen}).`] : []),
    `${settings.join(', ')}${threshold === undefined ? '' : `, threshold=${threshold.value}`}`,
    table(
      ['', 'training', 'test', ...(cv ? ['folds'] : [])],
      Object.keys(test).map((name) => [
        name,
        shown(training[name]),
        shown(test[name]),
        ...(cv ? [`${shown(cv.mean[name])} ± ${shown(cv.std[name])}`] : []),
      ]),
    ),
    ...warningList(warnings),
  ].join('\n\n');
}

/** A Markdown list of the first warnings; empty without a warning. */
export function warningList(warnings: readonly Warning[]): string[] {
  const lines = warnings.slice(0, WARNINGS_MAX).map(({ code, message }) => `- ${code}: ${plain(message)}`);
  return lines.length > 0 ? [lines.join('\n')] : [];
}

function splitText(holdout: Holdout, testFileName: string | undefined): string {
  switch (holdout.by) {
    case 'random':
      return `drawn with random_state ${holdout.randomState}${holdout.stratify ? ', stratified' : ''}`;
    case 'last':
      return 'the last rows';
    case 'column':
      return `by the column \`${plain(holdout.column)}\``;
    case 'file':
      return testFileName === undefined ? 'from a file of their own' : `from \`${plain(testFileName)}\``;
  }
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function shown(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? 'undefined' : value.toFixed(DECIMALS);
}

/** Names and cells of a file are not Markdown. */
export function plain(text: string): string {
  return text
    .replaceAll(/[\r\n]+/g, ' ')
    .replaceAll(/[`|<>[\]*_\\!]/g, (sign) => (sign === '`' ? "'" : `\\${sign}`));
}
