"""The original's service (bench/original/app.py) without MLflow. It takes the same form and computes the same.

    python upload.py PORT
"""

import os
import signal
import sys
import tempfile

import steps
from flask import Flask, jsonify, request

UPLOADS = tempfile.mkdtemp(prefix="original-")
app = Flask(__name__)


@app.get("/test")
def hello():
    return jsonify(response="Hello World")


@app.post("/train")
def train():
    upload = request.files["train_file"]
    path = os.path.join(UPLOADS, upload.filename)
    upload.save(path)
    try:
        return jsonify(steps.train(path, float(request.form["tol"]), int(request.form["iterations"])))
    finally:
        # The original keeps its uploads. This service removes them, because a bench must not fill the disk.
        os.remove(path)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        app.run(host="127.0.0.1", port=int(sys.argv[1]))
    finally:
        os.rmdir(UPLOADS)
