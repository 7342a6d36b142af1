import { quote } from '../../errors.ts';
import type { Warning } from '../../values/warning.ts';

/** More warnings with one code, each about one column, become one warning. */
const WARNINGS_OF_ONE_CODE = 5;
/** Columns that the one warning names. */
const NAMES_SHOWN = 3;

/**
 * Replaces many warnings with one code by one warning, which counts their columns and names the first.
 * The one warning stands at the place of the first. Warnings that are not about a column stay as they are.
 */
export function foldWarnings(warnings: readonly Warning[]): Warning[] {
  const ofCode = new Map<string, Warning[]>();
  for (const warning of warnings) {
    if (warning.column === undefined) continue;
    const equal = ofCode.get(warning.code);
    if (equal === undefined) ofCode.set(warning.code, [warning]);
    else equal.push(warning);
  }
  return warnings.flatMap((warning) => {
    const equal = ofCode.get(warning.code) ?? [];
    if (warning.column === undefined || equal.length <= WARNINGS_OF_ONE_CODE) return [warning];
    return warning === equal[0] ? [folded(equal)] : [];
  });
}

function folded(equal: readonly Warning[]): Warning {
  const [first] = equal as [Warning];
  const names = equal.slice(0, NAMES_SHOWN).map(({ column }) => quote(column ?? ''));
  const more = equal.length - names.length;
  const message = `${equal.length} columns have this warning: ${names.join(', ')} and ${more} more. ${first.message}`;
  return { code: first.code, message };
}
