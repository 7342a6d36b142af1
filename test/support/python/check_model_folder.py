"""Loads model folders by each of MLflow's ways, and scores frames of several kinds."""

import json
import os
import sys
import warnings

import mlflow.onnx
import mlflow.pyfunc
import mlflow.sklearn
import numpy as np
import pandas as pd
from fitted import frame, labels, read
from mlflow.exceptions import MlflowException
from mlflow.models import Model, infer_signature
from mlflow.pyfunc import scoring_server


def outcome(model, X, expected):
    """'same', other labels, or the first line of MLflow's error."""
    try:
        predicted = np.asarray(model.predict(X)).tolist()
    except MlflowException as error:
        return str(error).splitlines()[0]
    return "same" if predicted == expected else predicted


def served(model, body, expected):
    """Answers the serving example as `mlflow models serve` does."""
    answer = scoring_server.invocations(body, "application/json", model, model.metadata.get_input_schema())
    if answer.status != 200:
        return answer.response
    predicted = json.loads(answer.response)["predictions"]
    return "same" if predicted == expected else predicted


def typed(case, X):
    """The columns with the types that pandas reads from the file."""
    whole = [one["name"] for one in case["features"] if one["type"] == "long" and not one.get("missing")]
    return X.astype({name: "int64" for name in whole})


def same_frame(a, b):
    """Compares two frames, no matter how they represent a missing text."""
    numbers = a.select_dtypes("number")
    if not numbers.equals(b.select_dtypes("number")) or list(a.columns) != list(b.columns):
        return False
    texts = (X.drop(columns=numbers.columns).astype("object") for X in (a, b))
    one, other = (X.where(X.notna(), None).values.tolist() for X in texts)
    return one == other


def inferred(case, X):
    """MLflow's own signature; `log_model` passes text predictions as a series."""
    y = labels(case)[: len(X)]
    return infer_signature(X, pd.Series(y, dtype="object") if y.dtype == "object" else y)


def scored(case, model, pipeline, example):
    real = frame(case)
    numbers = real.select_dtypes("number").columns
    X = typed(case, real)
    whole = real.assign(**real[numbers].fillna(1).round().astype("int64"))
    expected = pipeline.predict(real).tolist()
    head = expected[: len(example)]
    return {
        "asWritten": outcome(model, X, expected),
        "withNone": outcome(model, typed(case, frame(case, None)), expected),
        # pandas 3 has a separate type for text, with NaN.
        "inferred": outcome(model, X.infer_objects(), expected),
        "allReal": outcome(model, real, expected),
        "allWhole": outcome(model, whole, pipeline.predict(whole).tolist()),
        "reordered": outcome(model, X[X.columns[::-1]], expected),
        "extraColumn": outcome(model, X.assign(more=1), expected),
        "example": outcome(model, example, head),
        "sameExample": same_frame(example, X.head(len(example))),
        "served": served(model, read(case, "serving_input_example.json").decode(), head),
    }


def check(case):
    folder = case["folder"]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model, pipeline = mlflow.pyfunc.load_model(folder), mlflow.sklearn.load_model(folder)
        onnx_model = mlflow.onnx.load_model(folder)
        written = Model.load(folder)
        example = written.load_input_example(folder)
    seen = frame(case).head(len(case.get("labels", case["rows"])))
    signature = inferred(case, typed(case, seen))
    return {
        "warnings": [str(warning.message) for warning in caught],
        "pipelineType": f"{type(pipeline).__module__}.{type(pipeline).__name__}",
        "onnxType": type(onnx_model).__name__,
        **scored(case, model, pipeline, example),
        "sameInputs": written.signature.inputs == signature.inputs,
        "sameOutputs": written.signature.outputs == signature.outputs,
        "runId": written.run_id,
        "modelUuid": written.model_uuid,
        "modelId": getattr(written, "model_id", None),
        "artifactPath": written.artifact_path,
        "utcTimeCreated": written.utc_time_created,
        "sizeIsTrue": written.model_size_bytes
        == sum(entry.stat().st_size for entry in os.scandir(folder) if entry.name != "MLmodel"),
        "sameAsJson": json.loads(case["json"]).items() <= written.to_dict().items(),
    }


print(json.dumps({case["name"]: check(case) for case in json.load(sys.stdin)}))
