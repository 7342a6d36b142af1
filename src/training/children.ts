import type { PipelineState } from '../values/pipelineState.ts';
import type { ModelSpec } from '../values/plan.ts';
import { type Candidate, chosenOf, isFitted, type Result } from '../values/result.ts';
import type { ChildRun } from '../values/run.ts';
import { measuresOf } from './measures.ts';

/**
 * The runs of a sweep's candidates; none for a single candidate.
 * @param paramsOf the params of a candidate that the pipeline does not have
 */
export function childrenOf(
  result: Result,
  keepAll: boolean,
  paramsOf: (model: ModelSpec) => Readonly<Record<string, string>>,
): readonly ChildRun[] {
  const { candidates } = result;
  if (candidates.length === 1) return [];
  const { pipeline } = chosenOf(result);
  const varying = varyingSettings(candidates.map(({ model }) => model));
  return candidates.map((candidate, index) => {
    const { model } = candidate;
    const fitted = isFitted(candidate) ? candidate : undefined;
    return {
      name: varying.map((name) => `${name}=${settingText(model, name)}`).join(' ') || `candidate ${index}`,
      params: paramsOf(model),
      pipeline: fitted?.pipeline ?? withModel(pipeline, model),
      logsModel: keepAll && fitted !== undefined,
      outcome: outcomeOf(candidate),
    };
  });
}

function outcomeOf(candidate: Candidate): ChildRun['outcome'] {
  return isFitted(candidate) ? measuresOf(candidate) : candidate.problem;
}

/** Names of a candidate's settings in scikit-learn; `solver_tol` is its `tol`, a name that the form gives to C. */
export const SETTINGS = {
  C: 'C',
  maxIter: 'max_iter',
  classWeight: 'class_weight',
  solver: 'solver',
  tol: 'solver_tol',
} as const satisfies Record<keyof ModelSpec, string>;

type Setting = (typeof SETTINGS)[keyof ModelSpec];

/** The settings in which candidates differ. */
function varyingSettings(models: readonly ModelSpec[]): Setting[] {
  const keys = Object.keys(SETTINGS) as (keyof ModelSpec)[];
  return keys
    .filter((key) => new Set(models.map((model) => model[key])).size > 1)
    .map((key) => SETTINGS[key]);
}

function settingText(model: ModelSpec, name: Setting): string {
  return String(settingsOf(model)[name] ?? 'none');
}

/** A candidate's settings by their names in answers. */
export function settingsOf({ C, maxIter, classWeight, solver, tol }: ModelSpec) {
  return { C, max_iter: maxIter, class_weight: classWeight, solver, solver_tol: tol };
}

/** A pipeline with other params of its regression. It is not fitted with them: only the params count. */
function withModel(
  pipeline: PipelineState,
  { C, maxIter, classWeight, solver, tol }: ModelSpec,
): PipelineState {
  const params = { C, maxIter, classWeight, solver, tol };
  const steps = pipeline.steps.map(([name, state]) => {
    if (state.estimator === 'LogisticRegression') return [name, { ...state, params }] as const;
    if (state.estimator !== 'FixedThresholdClassifier') return [name, state] as const;
    return [name, { ...state, classifier: { ...state.classifier, params } }] as const;
  });
  return { ...pipeline, steps };
}
