from typing import Any

from api.mlflow.entities.run import number
from tracking.models import LoggedModel, LoggedModelMetric, LoggedModelStatus


def logged_model(subject: LoggedModel) -> dict[str, Any]:
    """`mlflow.entities.LoggedModel` on the wire, of a model read `with_details()`. Times in milliseconds since 1970;
    what is empty is left out, as MLflow does."""
    told: dict[str, Any] = {
        "model_id": subject.uuid,
        "experiment_id": str(subject.experiment.iid),
        "name": subject.name,
        "creation_timestamp_ms": subject.created_ms,
        "last_updated_timestamp_ms": subject.updated_ms,
        "artifact_uri": subject.artifact_uri,
        "status": LoggedModelStatus(subject.status).label,
        "model_type": subject.model_type,
        "source_run_id": subject.source_run_uuid,
    }
    more = {
        "status_message": subject.status_message,
        "tags": [{"key": tag.key, "value": tag.value} for tag in subject.tags.all()],
    }
    return {"info": {**told, **_filled(more)}, "data": _data(subject)}


def _data(subject: LoggedModel) -> dict[str, Any]:
    params = [{"key": param.key, "value": param.value} for param in subject.params.all()]
    return _filled({"params": params, "metrics": [_metric(subject, point) for point in subject.metrics.all()]})


def _metric(subject: LoggedModel, point: LoggedModelMetric) -> dict[str, Any]:
    told = {
        "key": point.key.name,
        "value": number(float("nan") if point.is_nan else point.value),
        "timestamp": point.timestamp,
        "step": point.step,
    }
    dataset = {"dataset_name": point.dataset_name, "dataset_digest": point.dataset_digest}
    return {**told, **_filled(dataset), "model_id": subject.uuid, "run_id": point.run.uuid}


def _filled(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value}
