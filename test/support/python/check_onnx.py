"""Runs ONNX files in onnxruntime and compares them with the pickles next to them."""

import json
import pickle
import sys

import numpy as np
import onnx
import onnxruntime
from fitted import frame, read


def described(values):
    return [[value.name, value.type, value.shape] for value in values]


def feed(X, missing_text):
    """Strings as the runtime accepts them: it does not know missing strings."""
    texts = X.select_dtypes("object").columns
    return {
        name: (X[name].where(X[name].notna(), missing_text) if name in texts else X[name]).to_numpy()
        for name in X.columns
    }


def relative_difference(got, expected):
    """Largest relative difference. The first of two classes is left out: scikit-learn computes it as 1 minus the second."""
    if expected.shape[1] == 2:
        got, expected = got[:, 1:], expected[:, 1:]
    is_normal = expected >= np.finfo(float).tiny
    return (np.abs(got - expected)[is_normal] / expected[is_normal]).max()


def check(case):
    data = read(case, "model.onnx")
    model = onnx.load_from_string(data)
    onnx.checker.check_model(model, full_check=True)
    pipeline, X = pickle.loads(read(case, "model.pkl")), frame(case)
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    expected = pipeline.predict_proba(X)
    difference = relative = 0
    for missing_text in ("", "None", "<NA>"):
        labels, *probabilities = session.run(None, feed(X, missing_text))
        got = np.stack(probabilities, axis=1)
        difference = max(difference, np.abs(got - expected).max())
        relative = max(relative, relative_difference(got, expected))
    return {
        "irVersion": model.ir_version,
        "operatorSets": [[entry.domain, entry.version] for entry in model.opset_import],
        "inputs": described(session.get_inputs()),
        "outputs": described(session.get_outputs()),
        "sameLabels": labels.tolist() == pipeline.predict(X).tolist(),
        "probabilityDifference": float(difference),
        "relativeDifference": float(relative),
        "smallestProbability": float(expected.min()),
    }


print(json.dumps({case["name"]: check(case) for case in json.load(sys.stdin)}))
