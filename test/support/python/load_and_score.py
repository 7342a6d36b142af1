"""Loads a logged model as a Python user does, and measures it on the test rows of the original's split."""

import json
import sys
import warnings

import mlflow
import pandas as pd
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import train_test_split

asked = json.load(sys.stdin)
mlflow.set_tracking_uri(asked["tracking_uri"])
frame = pd.read_csv(asked["csv"])
X, y = frame.drop(columns="Outcome"), frame["Outcome"]
_, X_test, _, y_test = train_test_split(X, y, test_size=0.3, random_state=123)

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    pipeline = mlflow.sklearn.load_model(asked["model_uri"])
    by_run = mlflow.pyfunc.load_model(asked["model_uri"]).predict(X)
    by_version = mlflow.pyfunc.load_model(asked["registered"]).predict(X)
    proba = pipeline.predict_proba(X_test)

mine = [str(w.message) for w in caught if "sklearn" in str(w.category) or issubclass(w.category, UserWarning)]
print(
    json.dumps(
        {
            "type": f"{type(pipeline).__module__}.{type(pipeline).__name__}",
            "warnings": mine,
            "rows": len(by_run),
            "same_labels": bool((by_run == by_version).all() and (by_run == pipeline.predict(X)).all()),
            "accuracy": accuracy_score(y_test, pipeline.predict(X_test)),
            "log_loss": log_loss(y_test, proba),
        }
    )
)
