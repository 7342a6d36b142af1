"""Answers commands on stdin, JSON lines, with JSON lines on stdout: the original's computation in a warm process."""

import json
import platform
import sys

import numpy as np
import pandas as pd
import sklearn
import steps

sweeps = {}


def sweep_of(path):
    if path not in sweeps:
        sweeps.clear()
        sweeps[path] = steps.Sweep(path)
    return sweeps[path]


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
    "spread": steps.spread,
    "load": lambda path: sweep_of(path) and None,
    "sweep": lambda path, Cs: sweep_of(path).run(Cs),
    "sweepSpread": lambda path, Cs: sweep_of(path).spread(Cs),
    "forget": sweeps.clear,
}

for line in sys.stdin:
    command = json.loads(line)
    print(json.dumps(COMMANDS[command.pop("do")](**command)), flush=True)
