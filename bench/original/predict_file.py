"""Reads a CSV, predicts its rows with a model of MLflow, and writes the CSV with the probabilities; prints the seconds of each round, and those of the processor."""

import json
import sys
import time

import mlflow.sklearn
import pandas

asked = json.load(sys.stdin)
mlflow.set_tracking_uri(asked["trackingUri"])
model = mlflow.sklearn.load_model(asked["modelUri"])
seconds = []
for _ in range(asked["rounds"]):
    started_at, cpu_at = time.perf_counter(), time.process_time()
    frame = pandas.read_csv(asked["path"])
    features = frame[list(model.feature_names_in_)]
    probabilities = model.predict_proba(features)
    frame["prediction"] = model.classes_[probabilities.argmax(axis=1)]
    for at, label in enumerate(model.classes_):
        frame[f"probability_{label}"] = probabilities[:, at]
    frame.to_csv(asked["path"] + ".predicted.csv", index=False)
    seconds.append([time.perf_counter() - started_at, time.process_time() - cpu_at])
print(json.dumps(seconds))
