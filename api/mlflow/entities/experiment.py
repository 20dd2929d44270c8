from collections.abc import Iterable
from typing import Any

from tracking.models import Experiment


def experiment(subject: Experiment, tags: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`mlflow.entities.Experiment` on the wire, with its tags; times in milliseconds since 1970."""
    told: dict[str, Any] = {
        "experiment_id": str(subject.iid),
        "name": subject.name,
        "artifact_location": subject.artifact_location,
        "lifecycle_stage": subject.lifecycle_stage,
        "last_update_time": subject.updated_ms,
        "creation_time": subject.created_ms,
        # The one that a server without workspaces is in; here a project has its own address instead.
        "workspace": "default",
    }
    pairs = [{"key": key, "value": value} for key, value in tags]
    return {**told, "tags": pairs} if pairs else told
