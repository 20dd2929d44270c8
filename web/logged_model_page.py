"""What the page of one logged model shows, prepared."""

import math
from dataclasses import dataclass

from projects import policy
from projects.models import Project
from projects.roles import Ability, Feature
from registry.models import ModelVersion
from tracking.models import LoggedModel, Run

MOST_METRICS = 1000


@dataclass(frozen=True)
class Measured:
    """One value of a metric, by the run that logged it and perhaps on a dataset."""

    key: str
    value: float
    step: int
    timestamp: int
    dataset: str


def find(project: Project, uuid: str) -> LoggedModel:
    """NotFound when the project has no such model, or when it is deleted."""
    return project.logged_models.active().select_related("experiment", "creator", "package").with_id(uuid)


def of(project: Project, model: LoggedModel) -> dict[str, object]:
    return {
        "project": project,
        "section": "experiments",
        "logged": model,
        "run": _source(project, model),
        "params": list(model.params.order_by("key")),
        "tags": list(model.tags.order_by("key")),
        "metrics": _metrics(model),
        "versions": _versions(project, model),
        "may_read_files": policy.allows(project, Ability.READ_PACKAGES, feature=Feature.EXPERIMENTS),
        "may_promote": policy.allows(project, Ability.WRITE_MODELS),
    }


def _source(project: Project, model: LoggedModel) -> Run | None:
    """The run that logged it, unless it is gone or was never there."""
    return project.runs.active().filter(uuid=model.source_run_uuid).first() if model.source_run_uuid else None


def _metrics(model: LoggedModel) -> list[Measured]:
    points = model.metrics.select_related("key").order_by("key__name", "timestamp", "step", "pk")[:MOST_METRICS]
    return [
        Measured(
            point.key.name,
            math.nan if point.is_nan else point.value,
            point.step,
            point.timestamp,
            point.dataset_name,
        )
        for point in points
    ]


def _versions(project: Project, model: LoggedModel) -> list[ModelVersion]:
    if not policy.allows(project, Ability.READ_MODELS):
        return []
    return list(model.model_versions.select_related("model").order_by("-created_ms", "-pk"))
