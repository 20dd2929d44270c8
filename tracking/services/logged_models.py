"""Logged models (MLflow 3): create, finalize, delete; their params, tags and metrics."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

from django.db import transaction

from accounts.models import User
from lib.clock import now_ms
from lib.errors import InvalidInput, NotFound
from tracking import names
from tracking.models import (
    Dataset,
    Experiment,
    LoggedModel,
    LoggedModelParam,
    LoggedModelStatus,
    LoggedModelTag,
    Run,
)
from tracking.services import metric_keys, nicknames
from tracking.sql import writes as sql

NAME_LENGTH = 500
MODEL_TYPE_LENGTH = 500
RUN_ID_LENGTH = 32
KEY_LENGTH = 255
DATASET_NAME_LENGTH = 500
DATASET_DIGEST_LENGTH = 36
# MLflow's rule: a model's name must fit into `models:/name/version` and into a folder's name.
NOT_IN_NAMES = ("/", ":", ".", "%", '"', "'")

# In milliseconds. The client gives up after 244 s of waiting and the requests' own time.
SENT_AGAIN_WITHIN = 10 * 60 * 1000

Pairs = Iterable[tuple[str, str]]


class LinkedPoint(Protocol):
    """A metric value as it was sent; `model` is a logged model's uuid. `timestamp` is in milliseconds since 1970."""

    @property
    def key(self) -> str: ...
    @property
    def value(self) -> float: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def step(self) -> int: ...
    @property
    def model(self) -> str: ...
    @property
    def dataset_name(self) -> str: ...
    @property
    def dataset_digest(self) -> str: ...


def create(
    experiment: Experiment,
    *,
    by: User,
    name: str = "",
    model_type: str = "",
    source_run: str = "",
    params: Pairs = (),
    tags: Pairs = (),
) -> LoggedModel:
    """A new model in state PENDING; one without a name gets a nickname. `source_run` is whatever run id the client
    names. A client that lost the answer and sends the same again gets the same model.

    InvalidInput when the experiment is deleted, or for a name, param or tag that cannot be kept.
    """
    if experiment.deleted_at is not None:
        raise InvalidInput(
            f"The experiment {experiment.iid} must be in the 'active' state. "
            f"Current state is {experiment.lifecycle_stage}."
        )
    said = {
        "name": _checked_name(name),
        "model_type": names.within(model_type, MODEL_TYPE_LENGTH, what="model_type"),
        "source_run_uuid": names.within(source_run, RUN_ID_LENGTH, what="source_run_id"),
        "creator": by,
    }
    wanted_params, wanted_tags = _checked_params(params), _checked_tags(tags)
    with transaction.atomic():
        # One at a time, so that a model and its repetition see each other.
        Experiment.objects.select_for_update(no_key=True).get(pk=experiment.pk)
        return _sent_before(experiment, said, wanted_params, wanted_tags) or _insert(
            experiment, said, wanted_params, wanted_tags
        )


def _insert(
    experiment: Experiment, said: Mapping[str, Any], params: Mapping[str, str], tags: Mapping[str, str]
) -> LoggedModel:
    at = now_ms()
    named = {**said, "name": said["name"] or nicknames.new()}
    model = LoggedModel.objects.create(
        project_id=experiment.project_id, experiment=experiment, created_ms=at, updated_ms=at, **named
    )
    _write_params(model, params)
    _write_tags(model, tags)
    return model


def _sent_before(
    experiment: Experiment, said: Mapping[str, Any], params: Mapping[str, str], tags: Mapping[str, str]
) -> LoggedModel | None:
    """The model that this very request has made already, if nothing has been done with it yet.

    MLflow's client sends again what it got no answer to, and gives no key to know it by. A model that has a name and
    a run, and that a client goes on with, gets files or another state at once; only one that did not is given again.
    """
    if not said["name"] or not said["source_run_uuid"]:
        return None
    untouched = experiment.logged_models.active().filter(
        **said, status=LoggedModelStatus.PENDING, package=None, created_ms__gte=now_ms() - SENT_AGAIN_WITHIN
    )
    model = untouched.prefetch_related("params", "tags").order_by("-pk").first()
    if model is None or not _holds(model.params.all(), params) or not _holds(model.tags.all(), tags):
        return None
    return model


def _holds(kept: Iterable[LoggedModelParam] | Iterable[LoggedModelTag], wanted: Mapping[str, str]) -> bool:
    return {pair.key: pair.value for pair in kept} == wanted


def _checked_name(name: str) -> str:
    if any(character in name for character in NOT_IN_NAMES):
        raise InvalidInput(
            f"Invalid model name ({name[:300]!r}) provided. Model name must be a non-empty string and cannot contain "
            f"the following characters: {NOT_IN_NAMES}",
            field="name",
        )
    return names.within(name, NAME_LENGTH, what="name")


# As in MLflow, what follows works on a deleted model as well: a client that finishes late gets no error.


def finalize(model: LoggedModel, status: LoggedModelStatus) -> None:
    _update(model, status=status, updated_ms=now_ms())


def delete(model: LoggedModel) -> None:
    """Hides it. Doing it twice changes nothing."""
    if model.deleted_at is None:
        at = now_ms()
        _update(model, deleted_at=at, updated_ms=at)


def _update(model: LoggedModel, **changed: int) -> None:
    LoggedModel.objects.filter(pk=model.pk).update(**changed)
    for field, value in changed.items():
        setattr(model, field, value)


def log_params(model: LoggedModel, params: Pairs) -> None:
    """Params are written once: the same value again changes nothing, another one is InvalidInput."""
    wanted = _checked_params(params)
    with transaction.atomic():
        _write_params(model, wanted)


def set_tags(model: LoggedModel, tags: Pairs) -> None:
    """Overwrites; of a key named twice the last counts."""
    _write_tags(model, _checked_tags(tags))


def delete_tag(model: LoggedModel, key: str) -> None:
    """NotFound when the model has no such tag."""
    if not model.tags.filter(key=key).delete()[0]:
        raise NotFound(f"No tag with key {key[:KEY_LENGTH]!r} found for model with ID {model.uuid!r}.")


def _checked_params(params: Pairs) -> dict[str, str]:
    wanted: dict[str, str] = {}
    for key, value in params:
        if wanted.setdefault(names.within(key, KEY_LENGTH, what="params.key"), value) != value:
            raise InvalidInput(
                f"Duplicate parameter keys have been submitted: ['{key}']. Please ensure the request contains only "
                "one param value per param key."
            )
    return wanted


def _checked_tags(tags: Pairs) -> dict[str, str]:
    return {names.within(key, KEY_LENGTH, what="tags.key"): value for key, value in tags}


def _write_params(model: LoggedModel, wanted: Mapping[str, str]) -> None:
    if not wanted:
        return
    rows = [LoggedModelParam(model=model, key=key, value=value) for key, value in sorted(wanted.items())]
    LoggedModelParam.objects.bulk_create(rows, ignore_conflicts=True)
    kept = model.params.filter(key__in=wanted).values_list("key", "value")
    for key, value in kept:
        if value != wanted[key]:
            raise InvalidInput(
                f"Changing param values is not allowed. Param with key='{key}' was already logged with "
                f"value='{value[:300]}' for model ID='{model.uuid}'. Attempted logging new value "
                f"'{wanted[key][:300]}'."
            )


def _write_tags(model: LoggedModel, wanted: Mapping[str, str]) -> None:
    # Sorted, so that two writers of the same tags cannot lock each other out.
    rows = [LoggedModelTag(model=model, key=key, value=value) for key, value in sorted(wanted.items())]
    LoggedModelTag.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["model", "key"], update_fields=["value"]
    )


def log_metrics(run: Run, points: Sequence[LinkedPoint]) -> None:
    """Keeps with each point's model what `run` measured of it, in the caller's transaction; sending a point again
    adds nothing. Values are finite or NaN.

    NotFound for a model that is not of the run's project. The points have passed `check_dataset`.
    """
    models = ids_of(run.project_id, {point.model for point in points})
    datasets = _datasets_of(run, {point.dataset_name for point in points if point.dataset_name})
    keys = metric_keys.ids_of(run.project_id, {point.key for point in points})
    sql.insert_model_points(
        (
            models[point.model],
            keys[point.key],
            run.pk,
            point.step,
            point.timestamp,
            0.0 if math.isnan(point.value) else point.value,
            math.isnan(point.value),
            datasets.get((point.dataset_name, point.dataset_digest)),
            point.dataset_name,
            point.dataset_digest,
        )
        for point in points
    )


def ids_of(project_id: int, uuids: Collection[str]) -> dict[str, int]:
    """The primary keys of these models, deleted ones as well. NotFound when one is not of the project."""
    found = LoggedModel.objects.filter(project_id=project_id, uuid__in=uuids)
    known = dict(found.values_list("uuid", "pk"))
    for uuid in sorted(uuids):
        if uuid not in known:
            raise NotFound(f"Logged model with ID '{uuid[:100]}' not found.")
    return known


def check_dataset(point: LinkedPoint) -> None:
    if bool(point.dataset_name) != bool(point.dataset_digest):
        raise InvalidInput("Both dataset_name and dataset_digest must be provided if one is provided")
    names.within(point.dataset_name, DATASET_NAME_LENGTH, what="dataset_name")
    names.within(point.dataset_digest, DATASET_DIGEST_LENGTH, what="dataset_digest")


def _datasets_of(run: Run, wanted: Collection[str]) -> dict[tuple[str, str], int]:
    """(name, digest) → primary key, of those that the experiment knows; a metric may name others as well."""
    if not wanted:
        return {}
    found = Dataset.objects.filter(experiment_id=run.experiment_id, name__in=wanted)
    return {(name, digest): pk for name, digest, pk in found.values_list("name", "digest", "pk")}
