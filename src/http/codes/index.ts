import { EVALUATE_FORM } from '../../training/fields/evaluateTable.ts';
import { FIELD_NAMES } from '../../training/fields/table.ts';
import { expressions, fields } from './fields.ts';
import { columnsAndCells, files } from './files.ts';
import { formsAndUploads } from './forms.ts';
import { mlflowAndDeliveries, runsReadBack } from './mlflow.ts';
import { modelsReadBack, predictions } from './models.ts';
import { atTheStart, inThePackage } from './outside.ts';
import { access, requests } from './requests.ts';
import type { CodeRow } from './row.ts';
import { followedJobs, loadAndLimits, spool } from './service.ts';
import { model, split, target } from './training.ts';

export type { CodeRow } from './row.ts';

/**
 * Every code by section. docs/errors.md, the page behind a problem's `type` and the problems of the OpenAPI document come
 * from these rows. To add a code: add a row to the file of its section, and run `npm run docs`.
 */
export const CODE_SECTIONS: Readonly<Record<string, readonly CodeRow[]>> = {
  Requests: requests,
  Access: access,
  'Forms and uploads': formsAndUploads,
  Fields: fields,
  Expressions: expressions,
  Files: files,
  'Columns and cells': columnsAndCells,
  'The target': target,
  'The split': split,
  'The model': model,
  Predictions: predictions,
  'Load and limits': loadAndLimits,
  Jobs: followedJobs,
  'The spool': spool,
  'MLflow and deliveries': mlflowAndDeliveries,
  'Runs that are read back': runsReadBack,
  'Models that are read back': modelsReadBack,
  'At the start': atTheStart,
  'In the package': inThePackage,
};

/** The status of a body that cannot be used for predictions, as in MLflow's server. */
const OF_A_BODY = 400;
/** The status of a request that reads a model from MLflow, while MLflow does not answer. */
const MLFLOW_IS_AWAY = 504;
const FOR_EACH_FIELD = 'invalid_<field>';

/** The codes of a row: the row's own code, or one for each field of the forms. */
export function codesOf([code]: CodeRow): readonly string[] {
  if (code !== FOR_EACH_FIELD) return [code];
  const names = new Set([...FIELD_NAMES, ...EVALUATE_FORM.names]);
  return [...names].map((name) => `invalid_${name.toLowerCase()}`);
}

/** The codes that a response can have, by status. */
export const CODES_BY_STATUS: ReadonlyMap<number, readonly CodeRow[]> = byStatus();

function byStatus(): ReadonlyMap<number, readonly CodeRow[]> {
  const map = new Map<number, CodeRow[]>();
  for (const row of Object.values(CODE_SECTIONS).flat()) {
    const [, said] = row;
    if (said === undefined) continue;
    const status = said === 'retried' ? MLFLOW_IS_AWAY : said;
    map.set(status, [...(map.get(status) ?? []), row]);
  }
  map.set(OF_A_BODY, [...(map.get(OF_A_BODY) ?? []), ...inBodies()]);
  return map;
}

/** Rows to predict are read as a file is, and a fault has the code that it has in a training. */
function inBodies(): readonly CodeRow[] {
  const ofModels = model.filter(([code]) => code === 'cannot_be_predicted');
  const ofForms = formsAndUploads.filter(([code]) => code === 'empty_file');
  return [...ofForms, ...files, ...columnsAndCells, ...ofModels].filter(([, status]) => status !== OF_A_BODY);
}
