"""Runs the original's computation in a warm process. Reads commands as JSON lines on stdin, and answers on stdout."""

import json
import platform
import sys

import numpy as np
import pandas as pd
import sklearn
import steps

loaded = {}


def load(path):
    loaded.clear()
    loaded["memory"] = steps.Memory(path)


def versions():
    return {
        "Python": platform.python_version(),
        "NumPy": np.__version__,
        "pandas": pd.__version__,
        "scikit-learn": sklearn.__version__,
    }


COMMANDS = {
    "versions": versions,
    "train": steps.train,
    "parse": steps.parse,
    "testRows": steps.test_rows,
    "reordered": steps.reordered,
    "load": load,
    "sweep": lambda Cs: loaded["memory"].sweep(Cs),
    "crossValidate": steps.cross_validation,
    "forget": loaded.clear,
}

for line in sys.stdin:
    command = json.loads(line)
    print(json.dumps(COMMANDS[command.pop("do")](**command)), flush=True)
