"""A case's pipeline by the reader's own scikit-learn: really fitted, then given the numbers of the case."""

import pathlib
import warnings

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler

SCALER_ATTRIBUTES = {
    "scale_": "scale",
    "min_": "min",
    "data_min_": "dataMin",
    "data_max_": "dataMax",
    "data_range_": "dataRange",
}


def read(case, name):
    return (pathlib.Path(case["folder"]) / name).read_bytes()


def frame(case):
    return pd.DataFrame(case["rows"], columns=case["columns"], dtype="float64")


def labels(case):
    """One label a row, so that each class has some rows."""
    fitted = case["steps"]["model"]["fitted"]
    classes = np.array(fitted["classes"], dtype=fitted["classesDtype"])
    return classes[np.arange(len(case["rows"])) % len(classes)]


def fit(pipeline, case):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return pipeline.fit(frame(case), labels(case))


def unfitted(case):
    scaler, model = case["steps"]["scaler"]["params"], case["steps"]["model"]["params"]
    feature_range = tuple(scaler["featureRange"])
    classifier = LogisticRegression(
        C=float(model["C"]),
        tol=model["tol"],
        max_iter=model["maxIter"],
        class_weight=model["classWeight"],
        solver=case["pythonSolver"],
    )
    return Pipeline([("scaler", MinMaxScaler(feature_range=feature_range, clip=scaler["clip"])), ("model", classifier)])


def reference(case):
    pipeline = fit(unfitted(case), case)
    scaler, model = case["steps"]["scaler"]["fitted"], case["steps"]["model"]["fitted"]
    for attribute, key in SCALER_ATTRIBUTES.items():
        setattr(pipeline["scaler"], attribute, np.array(scaler[key], dtype="float64"))
    pipeline["model"].coef_ = np.array(model["coef"], dtype="float64")
    pipeline["model"].intercept_ = np.array(model["intercept"], dtype="float64")
    return pipeline
