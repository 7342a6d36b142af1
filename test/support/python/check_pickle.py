"""Loads pickled pipelines and tells what each of them is and can do, beside one that was really fitted."""

import copy
import io
import json
import pickle
import sys
import warnings

import joblib
import numpy as np
from fitted import fit, frame, labels, read, reference, unfitted
from sklearn.base import clone


def attributes(estimator):
    """Names of all attributes; of an array its type and shape, of other things their type."""
    return {
        name: (value.dtype.str, value.shape) if isinstance(value, np.ndarray) else type(value).__name__
        for name, value in vars(estimator).items()
    }


def largest_difference(a, b):
    return float(np.abs(a - b).max())


def by_joblib(pipeline):
    stored = io.BytesIO()
    joblib.dump(pipeline, stored)
    stored.seek(0)
    return joblib.load(stored)


def loaded(case):
    """The pipeline, its answers, and the warnings that came with them."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        # An old scikit-learn asks pandas for it whatever the model is.
        warnings.filterwarnings("ignore", message="is_sparse is deprecated")
        pipeline = pickle.loads(read(case, "model.pkl"))
        probabilities, predicted = pipeline.predict_proba(frame(case)), pipeline.predict(frame(case))
    return pipeline, probabilities, predicted, [str(warning.message) for warning in caught]


def check(case):
    pipeline, probabilities, predicted, caught = loaded(case)
    expected, X, y = reference(case), frame(case), labels(case)
    scaler = copy.deepcopy(pipeline[:-1]).set_output(transform="pandas")
    refitted, fitted_anew = fit(clone(pipeline), case), fit(unfitted(case), case)
    return {
        "warnings": caught,
        "type": f"{type(pipeline).__module__}.{type(pipeline).__name__}",
        "steps": list(pipeline.named_steps),
        "probabilityDifference": largest_difference(probabilities, expected.predict_proba(X)),
        "refitDifference": largest_difference(refitted.predict_proba(X), fitted_anew.predict_proba(X)),
        "sameLabels": predicted.tolist() == expected.predict(X).tolist(),
        "sameLabelType": predicted.dtype.str == expected.predict(X).dtype.str,
        "sameRepr": repr(pipeline) == repr(unfitted(case)),
        "sameParams": str(pipeline.get_params()) == str(unfitted(case).get_params()),
        "sameAttributes": [attributes(step) for step in pipeline] == [attributes(step) for step in expected],
        "sameScore": float(pipeline.score(X, y)) == float(expected.score(X, y)),
        "sameByJoblib": largest_difference(by_joblib(pipeline).predict_proba(X), probabilities) == 0,
        "featureNamesIn": list(pipeline.feature_names_in_),
        "featureNamesOut": list(pipeline[:-1].get_feature_names_out()),
        "setOutputColumns": list(scaler.transform(X).columns),
    }


print(json.dumps({case["name"]: check(case) for case in json.load(sys.stdin)}))
