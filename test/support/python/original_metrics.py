"""The original's four rounded numbers for each C and max_iter, by its own steps and without Flask and MLflow."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[3] / "bench" / "original"))
import steps

given = json.load(sys.stdin)
print(
    json.dumps(
        [
            {name: round(value, 2) for name, value in steps.train(given["csv"], C, max_iter)["metrics"].items()}
            for C, max_iter in given["fits"]
        ]
    )
)
