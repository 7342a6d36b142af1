"""MLflow's own client asks several scoring servers for the predictions of the same two rows."""

import json
import sys

import pandas
from mlflow.pyfunc.scoring_server.client import ScoringServerClient

asked = json.load(sys.stdin)
frame = pandas.DataFrame([asked["row"]] * 2)
frame.loc[1, "age"] = float("nan")
answers = []
for port in asked["ports"]:
    client = ScoringServerClient("127.0.0.1", port)
    client.ping()
    answers.append(client.invoke(frame).get_predictions()[0].tolist())
print(json.dumps(answers))
