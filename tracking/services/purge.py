"""Deleted runs, logged models and experiments go for good, when nobody has restored them for long enough.

In batches: a row is claimed (from then on it cannot be restored), its many points go in transactions of bounded size,
and its last transaction takes the row itself with its package. A kill between them leaves a claimed row, which the
next purge goes on with. What another row needs (a foreign key with PROTECT) stays, whole.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from packages.services import removal
from projects.models import Project
from projects.services import purge as projects
from tracking.models import CLAIMED, Dataset, Experiment, LoggedModel, LoggedModelMetric, MetricKey, Run
from tracking.sql import writes as sql

BATCH = 50
# Points of one transaction.
POINTS = 20_000

Owner = TypeVar("Owner", Run, LoggedModel)


@dataclass(frozen=True, slots=True)
class Found:
    """How many there are to remove, or were removed."""

    runs: int = 0
    logged_models: int = 0
    experiments: int = 0
    projects: int = 0

    @property
    def total(self) -> int:
        return self.runs + self.logged_models + self.experiments + self.projects


def default_retention() -> timedelta:
    return timedelta(days=settings.RETENTION_DAYS)


def expired(retention: timedelta | None = None) -> Found:
    """What `purge` would remove."""
    before = _before(retention)
    return Found(
        runs=_expired(Run.objects.all(), before).count(),
        logged_models=_expired(LoggedModel.objects.all(), before).count(),
        experiments=_experiments(before).count(),
        projects=len(projects.expired(before)),
    )


def purge(retention: timedelta | None = None, *, done: Callable[[int], None] = lambda count: None) -> Found:
    """Removes what was deleted longer ago than `retention`. `done` is told of each batch how many rows are gone.

    Doing it twice, or twice at once, changes nothing.
    """
    before, gone = _before(retention), {"runs": 0, "logged_models": 0, "experiments": 0, "projects": 0}

    def count(what: str, number: int) -> None:
        gone[what] += number
        done(number)

    for number in _remove_all(lambda: _expired(LoggedModel.objects.all(), before)):
        count("logged_models", number)
    for number in _remove_all(lambda: _expired(Run.objects.all(), before)):
        count("runs", number)
    for pk in _experiments(before).values_list("pk", flat=True):
        count("experiments", _remove_experiment(pk, before))
    for _ in projects.purge(before):
        count("projects", 1)
    return Found(**gone)


def empty_project(project: Project) -> None:
    """Removes all runs, logged models and experiments of a deleted project (`settings.ON_PROJECT_PURGED`)."""
    _exhaust(LoggedModel.objects.filter(project=project))
    _exhaust(Run.objects.filter(project=project))
    for pk in Experiment.objects.filter(project=project).values_list("pk", flat=True):
        _delete_experiment(pk)
    MetricKey.objects.filter(project=project).delete()


def _before(retention: timedelta | None) -> datetime:
    return timezone.now() - (default_retention() if retention is None else retention)


def _expired(rows: QuerySet[Owner], before: datetime) -> QuerySet[Owner]:
    """Deleted by themselves before that moment, or with their experiment."""
    at = _ms(before)
    own = models.Q(deleted_at__lt=at)
    return _not_needed(rows.filter(own | models.Q(experiment__deleted_at__lt=at)))


def _experiments(before: datetime) -> QuerySet[Experiment]:
    return Experiment.objects.filter(deleted_at__lt=_ms(before)).order_by("pk")


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _not_needed(rows: QuerySet[Owner]) -> QuerySet[Owner]:
    """Without those that a row of another table needs."""
    for relation in rows.model._meta.related_objects:
        if relation.on_delete is models.PROTECT:
            needs = relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("pk")})
            rows = rows.filter(~Exists(needs))
    return rows


def _exhaust(rows: QuerySet[Owner]) -> None:
    for _ in _remove_all(lambda: _not_needed(rows)):
        pass


def _remove_all(rows: Callable[[], QuerySet[Owner]]) -> Iterator[int]:
    """Batch by batch; yields how many rows of each are gone. What cannot be removed is passed over."""
    last = 0
    while batch := list(rows().filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        last = batch[-1]
        yield _remove(rows(), batch)


def _remove(rows: QuerySet[Owner], batch: Collection[int]) -> int:
    claimed = rows.model._default_manager.filter(pk__in=batch)
    with transaction.atomic():
        # What has been restored since is no longer among `rows`.
        still = list(rows.filter(pk__in=batch).order_by("pk").select_for_update(of=("self",)))
        claimed.filter(pk__in=[row.pk for row in still]).update(deleted_at=CLAIMED)
    ids = [row.pk for row in still]
    if rows.model is Run:
        for pk in ids:
            while sql.delete_points(pk, POINTS):
                pass
    _delete_in_slices(LoggedModelMetric.objects.filter(**{f"{_word(rows)}__in": ids}))
    removal.thin_out([row.package_id for row in still if row.package_id is not None])
    with transaction.atomic():
        # A package may have been made meanwhile, by an upload that came late.
        last = list(claimed.filter(pk__in=ids, deleted_at=CLAIMED).order_by("pk").select_for_update())
        removal.remove([row.package_id for row in last if row.package_id is not None])
        claimed.filter(pk__in=[row.pk for row in last]).delete()
    return len(last)


def _word(rows: QuerySet[Owner]) -> str:
    return "run" if rows.model is Run else "model"


def _delete_in_slices(points: QuerySet[LoggedModelMetric]) -> None:
    while some := list(points.order_by("pk").values_list("pk", flat=True)[:POINTS]):
        LoggedModelMetric.objects.filter(pk__in=some).delete()


def _remove_experiment(pk: int, before: datetime) -> int:
    """1, or 0 when it was restored, or when something in it is needed."""
    here = Experiment.objects.filter(pk=pk, deleted_at__lt=_ms(before))
    return _delete_experiment(pk) if here.exists() else 0


def _delete_experiment(pk: int) -> int:
    with transaction.atomic():
        experiment = Experiment.objects.select_for_update().filter(pk=pk).first()
        if experiment is None or experiment.runs.exists() or experiment.logged_models.exists():
            return 0
        Dataset.objects.filter(experiment=pk).delete()
        experiment.delete()
    return 1
