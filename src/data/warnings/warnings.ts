import type { Warning } from '../../values/warning.ts';
import type { Table } from '../table.ts';
import { areAllNumbers, tableWarnings } from '../tableWarnings.ts';
import type { WarningContext } from './context.ts';
import { noHeader } from './header.ts';
import { idWarnings } from './ids.ts';
import { missingWarnings } from './missing.ts';
import { rowWarnings } from './rows.ts';
import { textWarnings } from './texts.ts';
import { timeOrder } from './timeOrder.ts';

/** All warnings about a file that need no fit. A training and a dry run give the same. */
export function warningsOf(table: Table, context: WarningContext): Warning[] {
  const { columns, format } = table;
  const { ignored, targetIndex, leftOut, isShuffled } = context;
  const names = columns.map(({ name }) => name);
  const isFeature = (index: number) => index !== targetIndex && !ignored.has(names[index]!);
  const used = [...columns.keys()].filter((index) => !ignored.has(names[index]!));
  return [
    ...tableWarnings(table),
    ...(areAllNumbers(names, format.decimalComma) ? [] : noHeader(table, context)),
    ...rowWarnings(table, context),
    ...(isShuffled === true ? timeOrder(table, targetIndex) : []),
    ...used.flatMap((index) => [
      ...(isFeature(index) ? idWarnings(table, index, leftOut) : []),
      ...(isFeature(index) ? missingWarnings(table, index, leftOut) : []),
      ...textWarnings(columns[index]!, format, isFeature(index)),
    ]),
  ];
}
