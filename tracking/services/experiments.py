"""Create, rename, tag, delete and restore experiments."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from accounts.models import User
from lib.clock import now_ms
from lib.errors import AlreadyExists, Conflict, InvalidInput, NotFound
from projects.models import Project
from tracking import locations, names
from tracking.models import CLAIMED, Counted, Counter, Experiment, ExperimentTag
from tracking.models.experiment import DEFAULT_IID, DEFAULT_NAME
from tracking.services import counters, runs


def open_project(project: Project) -> None:
    """Gives a new project its counters and MLflow's `Default` experiment, id 0."""
    Counter.objects.bulk_create(Counter(project=project, counted=counted) for counted in Counted)
    Experiment.objects.create(project=project, iid=DEFAULT_IID, name=DEFAULT_NAME, creator=project.creator)


def create(
    project: Project, name: str, *, by: User, tags: Iterable[tuple[str, str]] = (), location: str = ""
) -> Experiment:
    """A new experiment, whose files lie at `location` if that is given. AlreadyExists when the project has one of this
    name, deleted or not; InvalidInput for a location that is not allowed."""
    _named(name)
    location = location and locations.checked(project, location)
    checked = _tags(tags)
    with transaction.atomic():
        iid = counters.following(project, Counted.EXPERIMENT)
        experiment = _insert(project, name, iid=iid, creator=by, location=location)
        ExperimentTag.objects.bulk_create(
            ExperimentTag(experiment=experiment, key=key, value=value) for key, value in checked.items()
        )
    return experiment


def _insert(project: Project, name: str, **fields: object) -> Experiment:
    try:
        with transaction.atomic():
            return Experiment.objects.create(project=project, name=name, **fields)
    except IntegrityError:
        raise AlreadyExists(f"Experiment(name={name}) already exists") from None


def rename(experiment: Experiment, name: str) -> None:
    """AlreadyExists for a taken name; Conflict when the experiment is deleted."""
    _named(name)
    if experiment.deleted_at is not None:
        raise Conflict("Cannot rename a non-active experiment.", code="INVALID_STATE")
    try:
        with transaction.atomic():
            Experiment.objects.filter(pk=experiment.pk).update(name=name, updated_ms=now_ms())
    except IntegrityError:
        raise AlreadyExists(f"Experiment(name={name}) already exists") from None


def delete(experiment: Experiment) -> None:
    """The experiment and its runs are hidden, and can be restored. NotFound when it is deleted already; Conflict when
    a floor above needs it or one of its runs (`settings.BEFORE_RUNS_DELETED`)."""
    at = now_ms()
    with transaction.atomic():
        if not Experiment.objects.filter(pk=experiment.pk, deleted_at=None).update(deleted_at=at, updated_ms=at):
            raise NotFound(f"No Experiment with id={experiment.iid} exists")
        experiment.runs.filter(deleted_at=None).update(deleted_at=at)
        runs.ask_before_deleting(experiment.runs.all(), experiment)


def restore(experiment: Experiment) -> None:
    """Brings it back, with the runs that were deleted with it. NotFound when it is active."""
    with transaction.atomic():
        found = Experiment.objects.filter(pk=experiment.pk).exclude(deleted_at=None)
        if not found.update(deleted_at=None, updated_ms=now_ms()):
            raise NotFound(f"No Experiment with id={experiment.iid} exists")
        experiment.runs.exclude(deleted_at=None).exclude(deleted_at=CLAIMED).update(deleted_at=None)


def set_tag(experiment: Experiment, key: str, value: str) -> None:
    checked = _tags([(key, value)])
    if experiment.deleted_at is not None:
        raise InvalidInput(_must_be_active(experiment))
    with transaction.atomic():
        ExperimentTag.objects.update_or_create(experiment=experiment, key=key, defaults={"value": checked[key]})
        Experiment.objects.filter(pk=experiment.pk).update(updated_ms=now_ms())


def delete_tag(experiment: Experiment, key: str) -> None:
    """NotFound when there is no such tag."""
    if experiment.deleted_at is not None:
        raise InvalidInput(_must_be_active(experiment))
    if not experiment.tags.filter(key=key).delete()[0]:
        raise NotFound(f"No tag with name: {key} in experiment with id {experiment.iid}")


def _named(name: str) -> None:
    if not name:
        raise InvalidInput("Invalid experiment name: ''. It must have a character at least.", field="name")
    names.within(name, names.EXPERIMENT_NAME_LENGTH, what="name")


def _tags(tags: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {
        names.key(key, kind="key"): names.within(value, names.EXPERIMENT_TAG_VALUE_LENGTH, what="value")
        for key, value in tags
    }


def _must_be_active(experiment: Experiment) -> str:
    return (
        f"The experiment {experiment.iid} must be in the 'active' state. Current state is {experiment.lifecycle_stage}."
    )
