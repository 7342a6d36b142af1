import Papa from 'papaparse';
import type { Inference } from '../values/inference.ts';
import type { RunFile } from '../values/run.ts';

/** `inference.csv`: a row for each term of the table of estimates. A number that does not exist is an empty cell. */
export function inferenceFile({ terms }: Inference): RunFile {
  const fields = Object.keys(terms[0] ?? {});
  const data = terms.map((term) => Object.values(term).map((cell: string | number | null) => cell ?? ''));
  const text = Papa.unparse({ fields, data }, { newline: '\n', escapeFormulae: true });
  return { path: 'inference.csv', text: `${text}\n` };
}
