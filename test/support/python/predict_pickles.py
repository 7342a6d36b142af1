"""Predicts the rows of each case with the case's pickle."""

import base64
import json
import pickle
import sys

from fitted import frame


def predictions(case):
    pipeline = pickle.loads(base64.b64decode(case["pickle"]))
    rows = frame(case, None)
    return {"labels": pipeline.predict(rows).tolist(), "probabilities": pipeline.predict_proba(rows).tolist()}


print(json.dumps({case["name"]: predictions(case) for case in json.load(sys.stdin)}))
