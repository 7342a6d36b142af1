import { FieldError, quote } from '../errors.ts';
import type { ModelStore } from '../models/port.ts';
import type { RunReader } from '../tracking/runReader.ts';
import { REQUEST_ID_TAG } from '../tracking/tree.ts';
import { tookTestFile } from '../training/fields/reproduce.ts';
import { runNotFound } from '../training/reproduce.ts';
import type { OriginalRun, ReproductionPort } from '../training/reproductionPort.ts';
import type { ModelDescription } from '../values/loadedModel.ts';

/** Every run of a training has this param, and no run of an evaluation. */
const TRAINING_PARAM = 'C';

/** Finds runs in MLflow, with the models that they logged. */
export class Reproductions implements ReproductionPort {
  readonly #runs: Pick<RunReader, 'read'>;
  readonly #models: ModelStore;

  constructor(runs: Pick<RunReader, 'read'>, models: ModelStore) {
    this.#runs = runs;
    this.#models = models;
  }

  async find(runId: string): Promise<OriginalRun> {
    const run = await this.#runs.read(runId);
    if (run === undefined) throw runNotFound(runId);
    const { params, tags, metrics, datasets, modelName } = run;
    if (tags[REQUEST_ID_TAG] === undefined || params[TRAINING_PARAM] === undefined) throw foreign(runId);
    const model = modelName === undefined ? undefined : await this.#model(`runs:/${runId}/${modelName}`);
    const ofContext = (context: string) => datasets.find((one) => one.context === context);
    const digest = model?.trained.digest ?? ofContext('train')?.fileDigest;
    const test = tookTestFile(params) ? ofContext('test') : undefined;
    return {
      runId,
      params,
      metrics,
      ...(digest !== undefined && { digest }),
      ...(test && { testDigest: test.digest }),
      ...(model && { model }),
    };
  }

  /** Undefined if trainpost cannot read the model, because an earlier version logged it, for example. */
  async #model(uri: string): Promise<ModelDescription | undefined> {
    try {
      return (await this.#models.load(uri)).model.description;
    } catch (error) {
      if (error instanceof FieldError) return undefined;
      throw error;
    }
  }
}

function foreign(runId: string): FieldError {
  return new FieldError(
    'foreign_run',
    `The run ${quote(runId)} is no training of trainpost: give the id of a run that POST /train logged.`,
    { field: 'reproduce', value: runId },
  );
}
