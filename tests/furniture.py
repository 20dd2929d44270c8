"""A project with one of everything in it, made through MLflow's API."""

from dataclasses import dataclass
from typing import Any

from tests.conftest import Door

API = "api/2.0/mlflow/"
FILES = "api/2.0/mlflow-artifacts/artifacts"


@dataclass
class Side:
    """One project, the door to it, and its objects' ids."""

    door: Door
    project: Any
    run_id: str
    model_id: str

    def ids(self) -> dict[str, Any]:
        """By the names that fields and URL parts have for them."""
        return {
            "experiment_id": "1",
            "experiment_ids": ["1"],
            "experiment_name": "same",
            "run_id": self.run_id,
            "run_uuid": "",
            "run_ids": [self.run_id],
            "source_run_id": self.run_id,
            "model_id": self.model_id,
            "name": "same",
            "version": "1",
            "alias": "same",
            "source": "",
            "address": f"1/{self.run_id}/artifacts/folder/same.txt",
            "path": f"1/{self.run_id}/artifacts",
            "tag_key": "same",
            "metric_key": "same",
            "key": "same",
            "page_token": "",
            "filter": "",
        }


def furnished(door: Door, project: Any, secret: str) -> Side:
    """Only `secret` differs between two projects that are furnished so."""

    def post(path: str, body: Any) -> Any:
        answered = door.post(f"{API}{path}", body)
        assert answered.status_code == 200, answered.content
        return answered.json()

    tags = [{"key": "same", "value": secret}]
    post("experiments/create", {"name": "same", "tags": tags})
    run = post("runs/create", {"experiment_id": "1", "run_name": "same", "tags": tags})["run"]["info"]["run_id"]
    found = post("logged-models", {"experiment_id": "1", "name": "same", "source_run_id": run, "tags": tags})
    model = found["model"]["info"]["model_id"]
    metric = {"key": "same", "value": len(secret), "timestamp": 1, "step": 1}
    post("runs/log-batch", {"run_id": run, "metrics": [metric], "params": tags, "tags": tags})
    post("runs/set-tag", {"run_id": run, "key": "gitlab.CI_JOB_ID", "value": "7"})
    post("runs/set-tag", {"run_id": run, "key": "gitlab.CI_COMMIT_SHA", "value": secret})
    dataset = {"name": "same", "digest": "same", "source_type": "s", "source": secret, "profile": secret}
    context = [{"key": "mlflow.data.context", "value": secret}]
    post("runs/log-inputs", {"run_id": run, "datasets": [{"dataset": dataset, "tags": context}]})
    post("runs/outputs", {"run_id": run, "models": [{"model_id": model, "step": 1}]})
    post("registered-models/create", {"name": "same", "description": secret, "tags": tags})
    version = {"name": "same", "source": f"models:/{model}", "model_id": model, "run_id": run, "description": secret}
    post("model-versions/create", {**version, "tags": tags})
    post("registered-models/alias", {"name": "same", "alias": "same", "version": "1"})
    for owner in (f"1/{run}/artifacts", f"1/models/{model}/artifacts"):
        assert door("PUT", f"{FILES}/{owner}/folder/same.txt", secret.encode()).status_code == 200
        assert door("PUT", f"{FILES}/{owner}/{secret}.txt", b"").status_code == 200
    return Side(door, project, run, model)
