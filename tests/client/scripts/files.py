"""Files of all kinds, in folders, listed and fetched again."""

import json
import os
import tempfile

import matplotlib
import mlflow
import numpy as np

matplotlib.use("Agg")
from matplotlib import pyplot

with mlflow.start_run() as run, tempfile.TemporaryDirectory() as folder:
    mlflow.log_text("hello", "notes/deep/hello.txt")
    mlflow.log_dict({"a": [1, 2]}, "config.json")
    mlflow.log_dict({"b": 1}, "config.yaml")
    figure, axes = pyplot.subplots()
    axes.plot([1, 2, 3])
    mlflow.log_figure(figure, "plots/curve.png")
    mlflow.log_image(np.zeros((8, 8, 3), dtype=np.uint8), "images/black.png")
    os.makedirs(f"{folder}/sub/empty")
    for name in ("a.bin", "sub/b.bin", "sub/with space & ümlaut.txt"):
        with open(f"{folder}/{name}", "wb") as file:
            file.write(name.encode() * 1000)
    open(f"{folder}/nothing.txt", "w").close()
    mlflow.log_artifacts(folder, "many")
    mlflow.log_artifact(f"{folder}/a.bin")

client = mlflow.MlflowClient()
run_id = run.info.run_id
listed = {entry.path: entry for entry in client.list_artifacts(run_id)}
assert set(listed) == {"notes", "config.json", "config.yaml", "plots", "images", "many", "a.bin"}, listed
assert listed["notes"].is_dir
assert listed["a.bin"].file_size == 5000
assert {entry.path for entry in client.list_artifacts(run_id, "many/sub")} == {
    "many/sub/b.bin",
    "many/sub/with space & ümlaut.txt",
}
assert mlflow.artifacts.load_text(f"runs:/{run_id}/notes/deep/hello.txt") == "hello"
assert mlflow.artifacts.load_dict(f"runs:/{run_id}/config.json") == {"a": [1, 2]}
with tempfile.TemporaryDirectory() as target:
    place = client.download_artifacts(run_id, "many", target)
    with open(f"{place}/sub/b.bin", "rb") as file:
        assert file.read() == b"sub/b.bin" * 1000
    assert os.path.getsize(f"{place}/nothing.txt") == 0
    with open(client.download_artifacts(run_id, "config.json", target)) as file:
        assert json.load(file) == {"a": [1, 2]}
