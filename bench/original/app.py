"""The Flask service that trainpost replaces. Every comparison uses it as the baseline.

The service takes a form with train_file, tol (scikit-learn's C), iterations and exp_name. It fits a MinMaxScaler and a
LogisticRegression, measures them, and logs them to MLflow with mlflow.sklearn.log_model. It answers with four rounded
numbers. One thing differs from the real service: a colon in a registered model's name is written as a dot, because
MLflow 3 refuses colons.

    MLFLOW_TRACKING_URI=http://127.0.0.1:5000 python app.py PORT
"""

import os
import sys
import tempfile
import time

import mlflow
import mlflow.sklearn
import pandas as pd
from flask import Flask, jsonify, request
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss, precision_score, recall_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler

TARGET = "Outcome"
UPLOADS = tempfile.mkdtemp(prefix="original-")
app = Flask(__name__)


def clock():
    return time.ctime().replace(" ", "-")


class TrainingPipeline(Pipeline):
    """scikit-learn's pipeline with the methods of the original."""

    def fit(self, X, y):
        return super().fit(X, y)

    def get_metrics(self, y_true, y_pred, y_pred_proba):
        return {
            "accuracy": round(accuracy_score(y_true, y_pred), 2),
            "precision": round(precision_score(y_true, y_pred), 2),
            "recall": round(recall_score(y_true, y_pred), 2),
            "entropy": round(log_loss(y_true, y_pred_proba), 2),
        }

    def make_model_name(self, experiment, run_name):
        return f"{experiment}_{run_name}_{clock()}".replace(":", ".")

    def log_model(self, X_test, y_test, experiment, run_name, params):
        metrics = self.get_metrics(y_test, self.predict(X_test), self.predict_proba(X_test))
        mlflow.set_experiment(experiment)
        with mlflow.start_run(run_name=run_name):
            mlflow.log_params(params)
            mlflow.log_metrics(metrics)
            mlflow.sklearn.log_model(
                sk_model=Pipeline(self.steps),
                artifact_path="diabetes-model",
                registered_model_name=self.make_model_name(experiment, run_name),
            )
        return metrics


@app.get("/test")
def hello():
    return jsonify(response="Hello World")


@app.post("/train")
def train():
    upload = request.files["train_file"]
    path = os.path.join(UPLOADS, f"{upload.filename.split('.')[0]}_{clock()}.csv")
    upload.save(path)
    params = {"C": float(request.form["tol"]), "max_iter": int(request.form["iterations"])}
    frame = pd.read_csv(path)
    X_train, X_test, y_train, y_test = train_test_split(
        frame.drop(TARGET, axis=1), frame[TARGET], test_size=0.3, random_state=123
    )
    pipeline = TrainingPipeline([("scaler", MinMaxScaler()), ("model", LogisticRegression(**params))])
    pipeline.fit(X_train, y_train)
    return jsonify(pipeline.log_model(X_test, y_test, request.form["exp_name"], f"Train-Run-{clock()}", params))


if __name__ == "__main__":
    mlflow.set_tracking_uri(os.environ["MLFLOW_TRACKING_URI"])
    app.run(host="127.0.0.1", port=int(sys.argv[1]))
