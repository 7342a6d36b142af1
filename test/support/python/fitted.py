"""A case's pipeline, really fitted by the installed scikit-learn, and then set to the numbers of the case."""

import pathlib
import warnings

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder

SCALER_ATTRIBUTES = {
    "scale_": "scale",
    "min_": "min",
    "data_min_": "dataMin",
    "data_max_": "dataMax",
    "data_range_": "dataRange",
}
MISSING_VALUES = {"nan": {}, "none": {"missing_values": None}, "empty": {"missing_values": ""}}


def read(case, name):
    return (pathlib.Path(case["folder"]) / name).read_bytes()


def frame(case, missing_text=np.nan):
    """All rows, with numbers as floats, missing numbers as NaN, and text as objects."""

    def column(feature, cells):
        if feature["type"] != "string":
            return pd.Series(cells, dtype="float64")
        return pd.Series([cell if cell is not None else missing_text for cell in cells], dtype="object")

    cells = zip(*case["rows"])
    return pd.DataFrame({feature["name"]: column(feature, some) for feature, some in zip(case["features"], cells)})


def has_text(case):
    return any(feature["type"] == "string" for feature in case["features"])


def frames(case):
    """The rows, once for each form of missing text."""
    return [frame(case, missing) for missing in ((np.nan, None, "") if has_text(case) else (np.nan,))]


def regression(case):
    """The state of the regression, with or without a threshold around it."""
    state = case["steps"][-1][1]
    return state.get("classifier", state)


def labels(case):
    """One label for each row, so that each class has some rows."""
    fitted = regression(case)["fitted"]
    classes = np.array(fitted["classes"], dtype=fitted["classesDtype"])
    return classes[np.arange(len(case["rows"])) % len(classes)]


def fit(pipeline, case):
    """Fits on the rows and labels of the case; a case made by hand gets made-up labels."""
    X, y = frame(case), labels(case)
    if "labels" in case:
        X, y = X.head(len(case["labels"])), np.array(case["labels"], dtype=y.dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return pipeline.fit(X, y)


def estimator(state, case):
    """The estimator before it is fitted."""
    params = state.get("params")
    if state["estimator"] == "Pipeline":
        return Pipeline([(name, estimator(step, case)) for name, step in state["steps"]])
    if state["estimator"] == "ColumnTransformer":
        branches = [
            (one["name"], estimator(one["transformer"], case), [case["columns"][column] for column in one["columns"]])
            for one in state["transformers"]
        ]
        return ColumnTransformer(branches, sparse_threshold=0)
    if state["estimator"] == "SimpleImputer":
        return SimpleImputer(strategy=params["strategy"], **MISSING_VALUES[params["missingValues"]])
    if state["estimator"] == "OneHotEncoder":
        return OneHotEncoder(handle_unknown=params["handleUnknown"], sparse_output=False)
    if state["estimator"] == "FixedThresholdClassifier":
        return fixed_threshold(params, estimator(state["classifier"], case), case)
    if state["estimator"] == "MinMaxScaler":
        return MinMaxScaler(feature_range=tuple(params["featureRange"]), clip=params["clip"])
    return LogisticRegression(
        # JSON has no infinity.
        C=float("inf") if params["C"] is None else float(params["C"]),
        tol=params["tol"],
        max_iter=params["maxIter"],
        class_weight=params["classWeight"],
        solver=case["pythonSolver"],
    )


def fixed_threshold(params, classifier, case):
    """scikit-learn 1.5 and later only."""
    from sklearn.model_selection import FixedThresholdClassifier

    label = params["posLabel"]
    if label is not None and not isinstance(label, str):
        label = np.array([label], dtype=regression(case)["fitted"]["classesDtype"]).tolist()[0]
    return FixedThresholdClassifier(
        classifier, threshold=float(params["threshold"]), pos_label=label, response_method="predict_proba"
    )


def unfitted(case):
    return estimator({"estimator": "Pipeline", "steps": case["steps"]}, case)


def reference(case):
    """If the case was really fitted, scikit-learn itself must find everything except the coefficients."""
    pipeline = fit(unfitted(case), case)
    states = dict(case["steps"])
    if "labels" not in case:
        for attribute, key in SCALER_ATTRIBUTES.items():
            setattr(pipeline["scaler"], attribute, np.array(states["scaler"]["fitted"][key], dtype="float64"))
    classifier, state = getattr(pipeline["model"], "estimator_", pipeline["model"]), regression(case)
    classifier.coef_ = np.array(state["fitted"]["coef"], dtype="float64")
    classifier.intercept_ = np.array(state["fitted"]["intercept"], dtype="float64")
    return pipeline
