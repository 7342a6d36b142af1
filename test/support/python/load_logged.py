"""Loads a logged model from a tracking server by each of its URIs, reports warnings, and scores with the model."""

import json
import logging
import sys
import warnings

import mlflow
import mlflow.data
import mlflow.pyfunc
import mlflow.sklearn
import pandas as pd

request = json.load(sys.stdin)
mlflow.set_tracking_uri(request["trackingUri"])
frame = pd.DataFrame(request["rows"], columns=request["columns"])

logged = []


class Keep(logging.Handler):
    def emit(self, record):
        logged.append(f"{record.levelname} {record.getMessage()}")


for name in ("mlflow", "mlflow.sklearn", "mlflow.pyfunc"):
    logging.getLogger(name).addHandler(Keep(level=logging.WARNING))

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    labels = {uri: mlflow.pyfunc.load_model(uri).predict(frame).tolist() for uri in request["uris"]}
    pipeline = mlflow.sklearn.load_model(request["uris"][0])
    probabilities = pipeline.predict_proba(frame)[:, 1].tolist()

run = mlflow.get_run(request["runId"])
dataset = run.inputs.dataset_inputs[0].dataset
print(
    json.dumps(
        {
            "labels": labels,
            "pipeline": f"{type(pipeline).__module__}.{type(pipeline).__name__}",
            "probabilities": probabilities,
            "warnings": [f"{type(one.message).__name__} {one.message}" for one in caught] + logged,
            "datasetSource": type(mlflow.data.get_source(dataset)).__name__,
        }
    )
)
