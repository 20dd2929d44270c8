from collections.abc import Callable
from typing import Any

import pytest

from tracking.models import LoggedModel


@pytest.fixture
def new_model(mlflow: Any) -> Callable[..., LoggedModel]:
    """`new_model(name="a", params={"k": "v"}, …)`: a model in `Default`, as the API makes it."""

    def make(**said: Any) -> LoggedModel:
        for plural in ("params", "tags"):
            said[plural] = [{"key": key, "value": value} for key, value in said.get(plural, {}).items()]
        answer = mlflow.post("logged-models", {"experiment_id": "0", **said})
        assert answer.status_code == 200, answer.content
        return LoggedModel.objects.get(uuid=answer.json()["model"]["info"]["model_id"])

    return make


@pytest.fixture
def run_id(mlflow: Any) -> str:
    return str(mlflow.post("runs/create").json()["run"]["info"]["run_id"])


@pytest.fixture
def log_metric(mlflow: Any, run_id: str) -> Callable[..., None]:
    def log(model: LoggedModel, key: str, value: Any, *, at: int = 1, step: int = 0, dataset: str = "") -> None:
        """`dataset` is "name@digest"."""
        name, _, digest = dataset.partition("@")
        point = {"run_id": run_id, "key": key, "value": value, "timestamp": at, "step": step, "model_id": model.uuid}
        answer = mlflow.post("runs/log-metric", {**point, "dataset_name": name, "dataset_digest": digest})
        assert answer.status_code == 200, answer.content

    return log
