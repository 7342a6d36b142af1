import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCsv } from '../../src/engine/local/fit/run.ts';
import type { ReportData } from '../../src/reports/data.ts';
import { describeRun } from '../../src/training/describeRun.ts';
import { type FormBody, parseFields } from '../../src/training/fields/parse.ts';
import { planOf } from '../../src/training/fields/use.ts';
import type { GateReport } from '../../src/values/gate.ts';

const DIABETES = readFileSync(join(import.meta.dirname, '../../data/diabetes.csv'));
const names = { experimentName: 'E', runName: 'R', modelName: 'm', registeredModelName: 'M' };

/** What is logged for a form and a file, and the numbers of its report. */
export async function reportOf(
  body: FormBody,
  csv: Uint8Array = DIABETES,
  fileName = 'd.csv',
  gate?: GateReport,
) {
  const fields = parseFields(body);
  const plan = await planOf(fields, 200);
  const result = await runCsv(csv, plan);
  const input = { fields, names, fileName, receivedAt: new Date(0), plan, result };
  const run = describeRun({ ...input, ...(gate && { gate }) });
  const json = run.files?.find(({ path }) => path === 'report.json')?.text ?? 'null';
  return { fields, result, run, json, data: JSON.parse(json) as ReportData };
}

/** Names that break pages which do not escape them. */
export const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '</script><svg onload=alert(1)>',
  'متوسط الدخل الشهري',
  '每月平均收入（人民币）',
  '\u202eback to front',
  "it's & <b>so</b>",
  `a_${'long_'.repeat(20)}name`,
];

/** A file with some columns of small numbers, in which a function says the class of each row. */
export function csvOf(
  columns: readonly string[],
  rows: number,
  classOf: (values: readonly number[], row: number) => string,
): Buffer {
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = [[...columns, 'target'].map(quote).join(',')];
  for (let row = 0; row < rows; row++) {
    const values = columns.map((_, j) => (((row + 1) * (7_919 + 104_729 * j)) % 1_009) / 1_009);
    lines.push([...values.map((value) => value.toFixed(4)), quote(classOf(values, row))].join(','));
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}
