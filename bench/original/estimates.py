"""Runs statsmodels' Logit in a warm process. Reads commands as JSON lines on stdin, and answers on stdout."""

import json
import sys
import time

import pandas as pd
import statsmodels.api as sm
from sklearn.model_selection import train_test_split

TARGET = "Outcome"


def logit(path):
    """Estimates a regression on the training rows, which are in memory when the clock starts."""
    frame = pd.read_csv(path)
    X, _, y, _ = train_test_split(frame.drop(TARGET, axis=1), frame[TARGET], test_size=0.3, random_state=123)
    started = time.perf_counter()
    fitted = sm.Logit(y, sm.add_constant(X)).fit(disp=False)
    table = fitted.params, fitted.bse, fitted.tvalues, fitted.pvalues, fitted.conf_int()
    ms = (time.perf_counter() - started) * 1000
    return {"ms": ms, "estimates": table[0].tolist(), "errors": table[1].tolist()}


for line in sys.stdin:
    command = json.loads(line)
    print(json.dumps({"logit": logit}[command.pop("do")](**command)), flush=True)
