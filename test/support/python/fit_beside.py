"""Loads a logged model, fits the same pipeline on the same rows with scikit-learn alone, and compares both."""

import json
import sys
import warnings

import mlflow
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    log_loss,
    precision_score,
    recall_score,
    roc_auc_score,
)
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder

REORDERINGS = 10


def read(asked):
    """Features and target as pandas reads them, without the dropped rows."""
    frame = pd.read_csv(asked["csv"])
    if asked["missing"] == "drop":
        frame = frame.dropna()
    return frame.drop(columns=asked["target"]), frame[asked["target"]]


def texts_of(X):
    return [name for name in X.columns if not pd.api.types.is_numeric_dtype(X[name])]


def plain(X):
    """Booleans as numbers, and text as objects, which scikit-learn's imputer accepts from every pandas."""
    texts = texts_of(X)
    return X.astype({name: "object" if name in texts else "float64" for name in X.columns})


def unfitted(X, asked):
    strategy = asked["missing"]
    imputes = strategy not in ("error", "drop")
    texts = texts_of(X)
    numbers = [name for name in X.columns if name not in texts]
    of_numbers = [("imputer", SimpleImputer(strategy=strategy))] * imputes + [("scaler", MinMaxScaler())]
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    of_texts = [("imputer", SimpleImputer(strategy="most_frequent"))] * imputes + [("encoder", encoder)]
    branches = [("numeric", Pipeline(of_numbers), numbers), ("categorical", Pipeline(of_texts), texts)]
    columns = ColumnTransformer([one for one in branches if one[2]], sparse_threshold=0)
    return Pipeline([("columns", columns), ("model", LogisticRegression(**asked["model"]))])


def parameters(pipeline):
    model = pipeline["model"]
    return np.concatenate([model.coef_.ravel(), model.intercept_])


def movement(pipeline, X, y):
    """How far scikit-learn's own coefficients move if the rows are in another order."""
    rng = np.random.default_rng(0)
    found = parameters(pipeline)
    orders = [rng.permutation(len(X)) for _ in range(REORDERINGS)]
    return max(
        float(np.abs(parameters(clone(pipeline).fit(X.iloc[order], y.iloc[order])) - found).max()) for order in orders
    )


def metrics(pipeline, X, y):
    predicted, proba = pipeline.predict(X), pipeline.predict_proba(X)
    classes = pipeline.classes_
    binary = len(classes) == 2
    average = {"average": "binary", "pos_label": classes[1]} if binary else {"average": "weighted"}
    area = (
        roc_auc_score(y, proba[:, 1])
        if binary
        else roc_auc_score(y, proba, multi_class="ovo", average="weighted", labels=classes)
    )
    return {
        "accuracy_score": accuracy_score(y, predicted),
        "precision_score": precision_score(y, predicted, **average),
        "recall_score": recall_score(y, predicted, **average),
        "f1_score": f1_score(y, predicted, **average),
        "log_loss": log_loss(y, proba, labels=classes),
        "roc_auc": area,
        "score": pipeline.score(X, y),
    }


def compare(asked):
    raw, y = read(asked)
    X = plain(raw)
    split = {"test_size": 0.3, "random_state": 123, "stratify": y if asked["stratify"] else None}
    X_train, X_test, y_train, y_test = train_test_split(X, y, **split)
    reference = unfitted(X, asked).fit(X_train, y_train)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        loaded = mlflow.sklearn.load_model(asked["model_uri"])
        by_mlflow = mlflow.pyfunc.load_model(asked["model_uri"]).predict(raw)
    inputs = mlflow.models.get_model_info(asked["model_uri"]).signature.inputs.inputs
    return {
        "type": f"{type(loaded).__module__}.{type(loaded).__name__}",
        "warnings": [str(one.message) for one in caught if "sklearn" in str(one.message)],
        "classes": loaded.classes_.tolist() == reference.classes_.tolist(),
        "iterations": reference["model"].n_iter_.tolist() == loaded["model"].n_iter_.tolist(),
        "n_iter": int(reference["model"].n_iter_.max()),
        "coefficients": float(np.abs(parameters(loaded) - parameters(reference)).max()),
        "probabilities": float(np.abs(loaded.predict_proba(X) - reference.predict_proba(X)).max()),
        "movement": movement(reference, X_train, y_train),
        "same_labels": bool((loaded.predict(X) == reference.predict(X)).all()),
        "same_by_mlflow": bool((np.asarray(by_mlflow) == reference.predict(X)).all()),
        "optional": [one.name for one in inputs if not one.required],
        "rows": [len(X_train), len(X_test)],
        "train": metrics(reference, X_train, y_train),
        "test": metrics(reference, X_test, y_test),
    }


request = json.load(sys.stdin)
mlflow.set_tracking_uri(request["tracking_uri"])
warnings.simplefilter("ignore", ConvergenceWarning)
print(json.dumps({case["name"]: compare(case) for case in request["cases"]}))
