import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addFields, fieldsOf, flagOf } from '../../src/cli/options.ts';
import { EVALUATE_FORM } from '../../src/training/fields/evaluateTable.ts';
import { flag } from '../../src/training/fields/kinds.ts';
import { type FieldRow, type FormTable, TRAIN_FORM } from '../../src/training/fields/table.ts';
import { runCli } from './io.ts';

const FORMS: readonly (readonly [string, FormTable])[] = [
  ['train', TRAIN_FORM],
  ['evaluate', EVALUATE_FORM],
];
const NAMES = FORMS.flatMap(([command, form]) =>
  form.rows.flatMap(([, row]) => row.names.map((name) => [command, name, row, form] as const)),
);

function parsed(form: FormTable, ...argv: string[]) {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  addFields(command, form);
  return fieldsOf(command.parse(argv, { from: 'user' }).opts(), form);
}

const isList = (row: FieldRow) => row.kind.safeParse([]).success;

describe('options of fields', () => {
  it.each(NAMES)('%s: %s', (_command, name, row, form) => {
    const needed = form === EVALUATE_FORM && name !== 'model' ? ['--model', 'm'] : [];
    const rest = needed.length === 0 ? {} : { model: 'm' };
    const given = row.kind === flag ? [flagOf(name)] : [flagOf(name), '-x'];
    const value = row.kind === flag ? true : isList(row) ? ['-x'] : '-x';
    expect(parsed(form, ...needed, ...given)).toEqual({ ...rest, [row.names[0]]: value });
  });

  it('collect what is repeated', () => {
    expect(parsed(TRAIN_FORM, '--gate', 'a > 1', '--tol', '0.1,1', '--gate', 'b > 1')).toEqual({
      gate: ['a > 1', 'b > 1'],
      tol: ['0.1,1'],
    });
  });

  it.each(FORMS)('%s --help names and explains each field', async (command, form) => {
    const { code, stdout } = await runCli([command, '--help']);
    expect(code).toBe(0);
    const words = stdout.replaceAll(/\s+/g, ' ');
    for (const [, row] of form.rows) {
      for (const name of row.names) expect(words).toContain(flagOf(name));
      const says = row.says.replaceAll('`', '').split(/[[.:(]/)[0] as string;
      expect(words).toContain(says.trim());
    }
    expect(stdout).not.toMatch(/`|\]\(/);
  });
});
