"""Loads logged models by their addresses as Python users do, and predicts rows with each."""

import json
import sys

import mlflow
import pandas as pd

asked = json.load(sys.stdin)
mlflow.set_tracking_uri(asked["tracking_uri"])
rows = pd.DataFrame(asked["rows"], columns=asked["columns"])
for name, kind in asked["kinds"].items():
    rows[name] = rows[name].astype("float64" if kind == "number" else "object")


def predictions(uri):
    pipeline = mlflow.sklearn.load_model(uri)
    return {"labels": pipeline.predict(rows).tolist(), "probabilities": pipeline.predict_proba(rows).tolist()}


print(json.dumps([predictions(uri) for uri in asked["uris"]]))
