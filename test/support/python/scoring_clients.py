"""Asks several scoring servers for the predictions of the same two rows: by MLflow's own client, and as the documentation of
`mlflow deployments` calls a server."""

import json
import sys

import pandas
import requests
from mlflow.pyfunc.scoring_server.client import ScoringServerClient

asked = json.load(sys.stdin)
frame = pandas.DataFrame([asked["row"]] * 2)
frame.loc[1, "age"] = float("nan")
answers = []
for port in asked["ports"]:
    client = ScoringServerClient("127.0.0.1", port)
    client.ping()
    split = json.loads(frame.to_json(orient="split"))
    response = requests.post(f"http://127.0.0.1:{port}/invocations", json={"dataframe_split": split}, timeout=600)
    response.raise_for_status()
    answers.append([client.invoke(frame).get_predictions()[0].tolist(), response.json()["predictions"]])
print(json.dumps(answers))
