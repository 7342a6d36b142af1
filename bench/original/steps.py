"""The original's computation (bench/original/app.py), stage by stage, without Flask and MLflow."""

import hashlib
import time

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss, precision_score, recall_score
from sklearn.model_selection import cross_validate, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler

TARGET = "Outcome"


def split(frame):
    return train_test_split(frame.drop(TARGET, axis=1), frame[TARGET], test_size=0.3, random_state=123)


def make_pipeline(C, max_iter):
    return Pipeline([("scaler", MinMaxScaler()), ("model", LogisticRegression(C=C, max_iter=max_iter))])


def train(path, C=1.0, max_iter=100):
    """Reads, splits, fits and measures. The result has the milliseconds of each stage."""
    clock = [time.perf_counter()]
    frame = pd.read_csv(path)
    clock.append(time.perf_counter())
    X_train, X_test, y_train, y_test = split(frame)
    clock.append(time.perf_counter())
    pipeline = make_pipeline(C, max_iter).fit(X_train, y_train)
    clock.append(time.perf_counter())
    y_pred, y_pred_proba = pipeline.predict(X_test), pipeline.predict_proba(X_test)
    metrics = {
        "accuracy": float(accuracy_score(y_test, y_pred)),
        "precision": float(precision_score(y_test, y_pred)),
        "recall": float(recall_score(y_test, y_pred)),
        "entropy": float(log_loss(y_test, y_pred_proba)),
    }
    clock.append(time.perf_counter())
    stages = dict(zip(("parse", "split", "fit", "evaluate"), (np.diff(clock) * 1000).tolist()))
    return {
        "ms": (clock[-1] - clock[0]) * 1000,
        "stages": stages,
        **fitted(pipeline["model"]),
        "metrics": metrics,
        "rows": {"train": len(X_train), "test": len(X_test)},
    }


def fitted(model):
    return {
        "nIter": int(model.n_iter_[0]),
        "coef": model.coef_[0].tolist(),
        "intercept": float(model.intercept_[0]),
    }


def parse(path):
    """Only reads a file. The sums of the columns show whether two readers have read the same table."""
    started = time.perf_counter()
    frame = pd.read_csv(path)
    ms = (time.perf_counter() - started) * 1000
    return {"ms": ms, "rows": len(frame), "sums": frame.sum().astype(float).tolist()}


def test_rows(rows):
    """SHA-256 of the indices of the test rows in ascending order, 32 bits each."""
    _, test = train_test_split(np.arange(rows), test_size=0.3, random_state=123)
    return {"digest": hashlib.sha256(np.sort(test).astype("<u4").tobytes()).hexdigest()}


class Memory:
    """The scaled training rows of a file in memory. With a seed, the rows have another order."""

    def __init__(self, path, seed=None):
        X_train, _, y_train, _ = split(pd.read_csv(path))
        self.X = MinMaxScaler().fit_transform(X_train)
        self.y = y_train.to_numpy()
        if seed is not None:
            order = np.random.default_rng(seed).permutation(len(self.X))
            self.X, self.y = self.X[order], self.y[order]

    def sweep(self, Cs, max_iter=100):
        """Fits one model for each C."""
        started = time.perf_counter()
        models = [LogisticRegression(C=C, max_iter=max_iter).fit(self.X, self.y) for C in Cs]
        ms = (time.perf_counter() - started) * 1000
        return {"ms": ms, "fits": [fitted(model) for model in models]}


def reordered(path, Cs, seed=1):
    """The same fits on the training rows in another order. The movement of scikit-learn's results bounds the tolerance."""
    return Memory(path, seed).sweep(Cs)


SCORINGS = ("accuracy", "precision", "recall", "f1", "neg_log_loss", "roc_auc")


def cross_validation(path, k):
    """Fits and measures the pipeline in each fold of the training rows, which are in memory when the clock starts."""
    X_train, _, y_train, _ = split(pd.read_csv(path))
    started = time.perf_counter()
    scores = cross_validate(make_pipeline(1.0, 100), X_train, y_train, cv=k, scoring=SCORINGS, return_train_score=True)
    ms = (time.perf_counter() - started) * 1000
    return {"ms": ms, "logLoss": (-scores["test_neg_log_loss"]).tolist()}
