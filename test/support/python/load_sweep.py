"""Loads the models of a sweep from a tracking server by their URIs, reports warnings, and predicts with each model."""

import json
import sys
import warnings

import mlflow
import mlflow.sklearn
import pandas as pd

asked = json.load(sys.stdin)
mlflow.set_tracking_uri(asked["tracking_uri"])
frame = pd.read_csv(asked["csv"])


def load(uri):
    pipeline = mlflow.sklearn.load_model(uri)
    model = pipeline.steps[-1][1]
    return {
        "type": f"{type(pipeline).__module__}.{type(pipeline).__name__}",
        "model": type(model).__name__,
        "C": getattr(model, "estimator", model).C,
        "threshold": getattr(model, "threshold", None),
        "positives": int(pipeline.predict(frame.drop(columns="Outcome")).sum()),
    }


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    models = [load(uri) for uri in asked["uris"]]

mine = [str(w.message) for w in caught if "sklearn" in str(w.category) or issubclass(w.category, UserWarning)]
print(json.dumps({"models": models, "warnings": mine}))
