from typing import Any

from tracking.models import Experiment


def experiment(subject: Experiment) -> dict[str, Any]:
    """`mlflow.entities.Experiment` on the wire; times in milliseconds since 1970."""
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
    tags = [{"key": tag.key, "value": tag.value} for tag in subject.tags.all()]
    return {**told, "tags": tags} if tags else told
