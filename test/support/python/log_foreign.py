"""Logs and registers a model as Python users do, without trainpost. Prints its version."""

import json
import sys

import mlflow
import pandas as pd
from mlflow import MlflowClient
from sklearn.linear_model import LogisticRegression

asked = json.load(sys.stdin)
mlflow.set_tracking_uri(asked["tracking_uri"])
mlflow.set_experiment(asked["experiment"])
name = asked["registered_model"]
model = LogisticRegression().fit(pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0]}), [0, 0, 1, 1])
with mlflow.start_run() as run:
    mlflow.sklearn.log_model(model, "model", registered_model_name=name)
version = MlflowClient().get_latest_versions(name)[0].version
MlflowClient().set_registered_model_alias(name, asked["alias"], version)
print(json.dumps({"version": version, "run_id": run.info.run_id}))
