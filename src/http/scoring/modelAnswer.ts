import { inputsOf, type ModelInput } from '../../models/inputs.ts';
import type { ClassLabel, ColumnType } from '../../values/dataset.ts';
import type { LoadedModel, ModelDescription, ModelPlace } from '../../values/loadedModel.ts';
import { jsonLabel } from './score.ts';

/** Categories of a column that an answer has. A column of ids may have a million. */
const CATEGORIES_MAX = 1_000;
/** The threshold of scikit-learn's `predict`. */
const USUAL_THRESHOLD = 0.5;

type JsonLabel = ClassLabel | boolean;

/** A model in its place in MLflow. */
export interface ModelPlaceAnswer {
  readonly uri: string;
  readonly name: string | null;
  readonly version: string | null;
  readonly run_id: string | null;
  /** MLflow 3: the id of the logged model. */
  readonly id: string | null;
}

/** The response to `GET /model`: what a model needs, and what it answers. */
export interface ModelInfoAnswer extends ModelPlaceAnswer {
  readonly target: string;
  readonly classes: readonly JsonLabel[];
  /** With two classes: the class that precision and recall describe. */
  readonly positive: JsonLabel | null;
  /** With two classes: the probability of `positive` from which on a row is of this class. */
  readonly threshold: number | null;
  /** The columns that a row must have. */
  readonly columns: readonly ModelColumnAnswer[];
  readonly trained: {
    /** The first 32 hex digits of the file's SHA-256. */
    readonly digest: string;
    readonly train_rows: number;
    readonly test_rows: number;
  };
}

export interface ModelColumnAnswer {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether a value must be there, because the model fills in no missing value. */
  readonly required: boolean;
  /** Numbers: the least and the greatest value of the training rows. */
  readonly min?: number;
  readonly max?: number;
  /** Texts: those of the training rows, in order, and how many more there are. */
  readonly categories?: readonly string[];
  readonly more_categories?: number;
}

export function modelPlaceAnswer(place: ModelPlace): ModelPlaceAnswer {
  const { uri, name = null, version = null, runId = null, modelId = null } = place;
  return { uri, name, version, run_id: runId, id: modelId };
}

export function modelInfoAnswer({ place, description }: LoadedModel): ModelInfoAnswer {
  const { target, positive, trained } = description;
  const label = jsonLabel(description);
  const { digest, trainRows, testRows } = trained;
  return {
    ...modelPlaceAnswer(place),
    target: target.name,
    classes: target.classes.map(label),
    positive: positive === undefined ? null : label(positive),
    threshold: thresholdOf(description),
    columns: inputsOf(description).map(columnAnswer),
    trained: { digest, train_rows: trainRows, test_rows: testRows },
  };
}

function thresholdOf({ pipeline: { steps }, target: { classes } }: ModelDescription): number | null {
  if (classes.length !== 2) return null;
  const last = steps.at(-1)?.[1];
  return last?.estimator === 'FixedThresholdClassifier' ? last.params.threshold : USUAL_THRESHOLD;
}

function columnAnswer({ name, type, fillsMissing, range, categories }: ModelInput): ModelColumnAnswer {
  return {
    name,
    type,
    required: !fillsMissing,
    ...range,
    ...(categories && {
      categories: categories.slice(0, CATEGORIES_MAX),
      ...(categories.length > CATEGORIES_MAX && { more_categories: categories.length - CATEGORIES_MAX }),
    }),
  };
}
