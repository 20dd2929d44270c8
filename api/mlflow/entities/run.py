from collections.abc import Iterable
from typing import Any

from tracking.models import Run, RunStatus
from tracking.run_data import MetricPoint, RunData


def run(subject: Run, data: RunData, inputs: dict[str, Any], outputs: dict[str, Any]) -> dict[str, Any]:
    """`mlflow.entities.Run` on the wire. What is empty is left out, as MLflow does."""
    return {"info": info(subject), "data": _data(data), "inputs": inputs, "outputs": outputs}


def info(subject: Run) -> dict[str, Any]:
    """Times in milliseconds since 1970."""
    told: dict[str, Any] = {
        "run_uuid": subject.uuid,
        "experiment_id": str(subject.experiment.iid),
        "run_name": subject.name,
        "user_id": subject.user_name,
        "status": RunStatus(subject.status).name,
        "start_time": subject.start_time,
        "artifact_uri": subject.artifact_uri,
        "lifecycle_stage": subject.lifecycle_stage,
        "run_id": subject.uuid,
    }
    # An end of 0 takes the end back, as in MLflow.
    return {**told, "end_time": subject.end_time} if subject.end_time else told


def _data(data: RunData) -> dict[str, Any]:
    told = {"metrics": metrics(data.metrics), "params": _pairs(data.params), "tags": _pairs(data.tags)}
    return {name: found for name, found in told.items() if found}


def metrics(points: Iterable[MetricPoint]) -> list[dict[str, Any]]:
    return [
        {"key": point.key, "value": number(point.value), "timestamp": point.timestamp, "step": point.step}
        for point in points
    ]


def number(value: float) -> float | str:
    """JSON has no NaN; MLflow's clients read it from a string."""
    return "NaN" if value != value else value  # noqa: PLR0124 - only NaN differs from itself


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in pairs]
