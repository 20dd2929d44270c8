"""Files of several parts, whole folders and a model, there and back; prints the run's id when all of it is the same."""

import hashlib
import os
import sys
import tempfile
from pathlib import Path

import mlflow
import mlflow.pyfunc


class Echo(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def]
        return model_input


def digest(path: str | Path) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


size = int(sys.argv[1])
location = sys.argv[2] if len(sys.argv) > 2 else None
mlflow.set_experiment(experiment_id=mlflow.create_experiment("large files", artifact_location=location))
with tempfile.TemporaryDirectory() as folder, mlflow.start_run() as run:
    large = Path(folder, "large.bin")
    large.write_bytes(os.urandom(size))
    Path(folder, "sub").mkdir()
    Path(folder, "sub", "a b.txt").write_text("small")
    Path(folder, "sub", "empty").touch()
    mlflow.log_artifact(str(large))
    mlflow.log_artifacts(folder, "folder")
    assert run.info.artifact_uri == mlflow.get_artifact_uri()
    if location:
        assert run.info.artifact_uri == f"{location}/{run.info.run_id}/artifacts"
    client = mlflow.MlflowClient()
    listed = {(one.path, one.file_size) for one in client.list_artifacts(run.info.run_id, "folder")}
    assert listed == {("folder/large.bin", size), ("folder/sub", None)}, listed
    back = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, dst_path=str(Path(folder, "back")))
    for name in ("large.bin", "folder/large.bin"):
        assert digest(Path(back, name)) == digest(large), name
    assert Path(back, "folder/sub/a b.txt").read_text() == "small"
    assert Path(back, "folder/sub/empty").read_bytes() == b""
    model = mlflow.pyfunc.log_model(name="echo", python_model=Echo(), pip_requirements=[])
    assert mlflow.pyfunc.load_model(model.model_uri).predict([1, 2]) == [1, 2]
sys.stdout.write(run.info.run_id)
