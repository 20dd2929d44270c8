"""Which datasets the runs of some experiments used, and in which context."""

from collections.abc import Iterable
from typing import NamedTuple

from projects.models import Project
from tracking.models import DatasetInput
from tracking.models.experiment import parse_iid

MAX_RESULTS = 1000


class DatasetSummary(NamedTuple):
    """A dataset of an experiment in one context; the context is "" where none was given."""

    experiment_iid: int
    name: str
    digest: str
    context: str


def summaries(project: Project, experiment_ids: Iterable[str]) -> list[DatasetSummary]:
    """Each (experiment, dataset, context) once, by experiment and name; at most 1,000, as in MLflow."""
    wanted = [parse_iid(experiment_id) for experiment_id in experiment_ids]
    used = DatasetInput.objects.filter(dataset__experiment__project=project, dataset__experiment__iid__in=wanted)
    columns = ("dataset__experiment__iid", "dataset__name", "dataset__digest", "context")
    rows = used.order_by(*columns).values_list(*columns).distinct()[:MAX_RESULTS]
    return [DatasetSummary(*row) for row in rows]
