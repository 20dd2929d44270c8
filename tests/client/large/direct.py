"""What people log, with the client's own settings: each thing can be listed and read as soon as it has been logged."""

import hashlib
import os
import sys
import tempfile
from pathlib import Path

import matplotlib as mpl
import mlflow
import mlflow.pyfunc
import numpy as np

mpl.use("Agg")
from matplotlib import pyplot


class Echo(mlflow.pyfunc.PythonModel):
    def load_context(self, context):  # type: ignore[no-untyped-def]
        self.weights = Path(context.artifacts["weights"]).read_bytes()

    def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def]
        return [hashlib.sha256(self.weights).hexdigest()]


def back(path: str) -> bytes:
    with tempfile.TemporaryDirectory() as there:
        return Path(
            mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path=path, dst_path=there)
        ).read_bytes()


def listed(folder: str = "") -> dict[str, int | None]:
    return {one.path: one.file_size for one in mlflow.MlflowClient().list_artifacts(run.info.run_id, folder)}


size = int(sys.argv[1])
mlflow.set_experiment("direct")
with tempfile.TemporaryDirectory() as folder, mlflow.start_run() as run:
    medium, small = Path(folder, "medium.bin"), Path(folder, "small.bin")
    for content in (os.urandom(size), os.urandom(size)):
        medium.write_bytes(content)
        mlflow.log_artifact(str(medium))
        assert listed() == {"medium.bin": size}
        assert back("medium.bin") == content
    # A smaller one of the same name goes another way, and comes last all the same.
    for content in (b"small", os.urandom(size)):
        medium.write_bytes(content)
        mlflow.log_artifact(str(medium))
    assert back("medium.bin") == content
    small.write_bytes(b"x")
    Path(folder, "sub").mkdir()
    Path(folder, "sub", "an other.bin").write_bytes(content[::-1])
    mlflow.log_artifacts(folder, "all")
    assert listed("all") == {"all/medium.bin": size, "all/small.bin": 1, "all/sub": None}
    assert back("all/sub/an other.bin") == content[::-1]

    text = "é" * size
    mlflow.log_text(text, "text.txt")
    assert mlflow.artifacts.load_text(f"{run.info.artifact_uri}/text.txt") == text
    mlflow.log_dict({"all": list(range(300_000))}, "dict.json")
    assert mlflow.artifacts.load_dict(f"{run.info.artifact_uri}/dict.json")["all"][-1] == 299_999
    mlflow.log_image(np.random.default_rng(0).integers(0, 255, (900, 900, 3), dtype=np.uint8), "image.png")
    assert mlflow.artifacts.load_image(f"{run.info.artifact_uri}/image.png").size == (900, 900)
    figure = pyplot.figure()
    figure.figimage(np.random.default_rng(1).random((900, 900)))
    mlflow.log_figure(figure, "figure.png", save_kwargs={"dpi": 300})
    assert back("figure.png")[1:4] == b"PNG"

    medium.write_bytes(content)
    model = mlflow.pyfunc.log_model(
        name="echo", python_model=Echo(), artifacts={"weights": str(medium)}, pip_requirements=[]
    )
    assert mlflow.pyfunc.load_model(model.model_uri).predict([1]) == [hashlib.sha256(content).hexdigest()]

    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    mlflow.log_artifact(str(medium), "gone")
    get_artifact_repository(run.info.artifact_uri).delete_artifacts("gone")
    assert listed("gone") == {}
sys.stdout.write(run.info.run_id)
