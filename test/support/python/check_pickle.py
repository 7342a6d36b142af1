"""Loads pickled pipelines, and compares each of them with a pipeline that was really fitted."""

import copy
import io
import json
import pickle
import sys
import warnings

import joblib
import numpy as np
from fitted import fit, frame, frames, labels, read, reference, unfitted
from sklearn.base import clone


# We write these attributes for every version, but in some versions a real fit does not set them.
OF_SOME_VERSIONS = {
    "_drop_idx_after_grouping",
    "_fill_dtype",
    "_infrequent_enabled",
    "_n_features",
    "_n_features_outs",
    "_name_to_fitted_passthrough",
    "_transformer_to_input_indices",
}
# Attributes that are made again at each access, or that are compared below.
NOT_COMPARED = {"steps", "transformers", "transformers_"}


def described(value):
    """The type and shape of an array, the value of a few plain types, and the type of other values."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape
    if isinstance(value, (list, tuple, dict, slice, np.dtype)):
        return repr(value)
    return type(value).__name__


def attributes(estimator, path=""):
    """All attributes by name, including those of inner estimators."""
    found = {
        f"{path}.{name}": described(value) for name, value in vars(estimator).items() if name not in NOT_COMPARED
    }
    within = getattr(estimator, "steps", None) or getattr(estimator, "transformers_", [])
    for name, one, *_ in within:
        if hasattr(one, "get_params"):
            found |= attributes(one, f"{path}/{name}")
    for name in ("estimator", "estimator_"):
        if hasattr(estimator, name):
            found |= attributes(getattr(estimator, name), f"{path}.{name}")
    return found


def attribute_differences(ours, real):
    ours, real = attributes(ours), attributes(real)
    return sorted(
        name
        for name in ours.keys() | real.keys()
        if ours.get(name) != real.get(name) and (name in real or name.split(".")[-1] not in OF_SOME_VERSIONS)
    )


def largest_difference(a, b):
    return float(np.abs(a - b).max())


def by_joblib(pipeline):
    stored = io.BytesIO()
    joblib.dump(pipeline, stored)
    stored.seek(0)
    return joblib.load(stored)


def output(pipeline, X):
    """The classifier's input, as a data frame with column names."""
    with warnings.catch_warnings():
        # Steps that were fitted on arrays get frames here, and warn.
        warnings.simplefilter("ignore")
        return copy.deepcopy(pipeline[:-1]).set_output(transform="pandas").transform(X)


def same_frame(a, b):
    return list(a.columns) == list(b.columns) and bool(np.allclose(a, b, rtol=0, atol=1e-12))


def loaded(case):
    """The pipeline, its predictions, and the warnings of both."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        # An old scikit-learn calls `is_sparse` for every model.
        warnings.filterwarnings("ignore", message="is_sparse is deprecated")
        pipeline = pickle.loads(read(case, "model.pkl"))
        probabilities = np.concatenate([pipeline.predict_proba(X) for X in frames(case)])
        predicted = pipeline.predict(frame(case))
    return pipeline, probabilities, predicted, [str(warning.message) for warning in caught]


def labels_by_threshold(case, pipeline):
    """The labels by the case's threshold, or by the usual one, written out."""
    params = case["steps"][-1][1]["params"]
    classes, probabilities = pipeline.classes_.tolist(), pipeline.predict_proba(frame(case))
    if "threshold" not in params:
        return [classes[index] for index in probabilities.argmax(axis=1)]
    # Without a label, the larger one is positive.
    positive = classes.index(params["posLabel"]) if params["posLabel"] in classes else 1
    is_positive = probabilities[:, positive] >= params["threshold"]
    return [classes[positive if one else 1 - positive] for one in is_positive]


def check(case):
    pipeline, probabilities, predicted, caught = loaded(case)
    expected, X, y = reference(case), frame(case), labels(case)
    expected_probabilities = np.concatenate([expected.predict_proba(X) for X in frames(case)])
    refitted, fitted_anew = fit(clone(pipeline), case), fit(unfitted(case), case)
    return {
        "warnings": caught,
        "type": f"{type(pipeline).__module__}.{type(pipeline).__name__}",
        "steps": list(pipeline.named_steps),
        "probabilityDifference": largest_difference(probabilities, expected_probabilities),
        "refitDifference": largest_difference(refitted.predict_proba(X), fitted_anew.predict_proba(X)),
        "sameLabels": predicted.tolist() == expected.predict(X).tolist(),
        "sameByThreshold": predicted.tolist() == labels_by_threshold(case, pipeline),
        "sameLabelType": predicted.dtype.str == expected.predict(X).dtype.str,
        "sameRepr": repr(pipeline) == repr(unfitted(case)),
        "sameParams": str(pipeline.get_params()) == str(unfitted(case).get_params()),
        "attributeDifferences": attribute_differences(pipeline, expected),
        "params": {name: str(value) for name, value in unfitted(case).get_params().items()},
        "sameScore": float(pipeline.score(X, y)) == float(expected.score(X, y)),
        "sameByJoblib": largest_difference(by_joblib(pipeline).predict_proba(X), pipeline.predict_proba(X)) == 0,
        "featureNamesIn": list(pipeline.feature_names_in_),
        "featureNamesOut": list(pipeline[:-1].get_feature_names_out()),
        "sameOutput": same_frame(output(pipeline, X), output(expected, X)),
    }


print(json.dumps({case["name"]: check(case) for case in json.load(sys.stdin)}))
