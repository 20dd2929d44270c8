"""Log metrics, params and tags to a run: all of a batch, or nothing of it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import transaction

from lib.errors import InvalidInput, NotFound
from tracking import names
from tracking.models import Run
from tracking.models.run import missing
from tracking.services import logged_models, metric_keys, runs
from tracking.sql import writes as sql

MAX_METRICS, MAX_PARAMS, MAX_TAGS, MAX_IN_ALL = 1000, 100, 100, 1000
LARGEST = 1.7976931348623157e308


@dataclass(slots=True)
class Point:
    """One metric value as it was sent. `model`, `dataset_name` and `dataset_digest` link it (MLflow 3)."""

    key: str
    value: float
    timestamp: int
    step: int = 0
    model: str = ""
    dataset_name: str = ""
    dataset_digest: str = ""


class LoggedPoint(Protocol):
    """A metric value as it was sent: a `Point`, or what a door has made of a request."""

    key: str
    value: float
    timestamp: int
    step: int
    model: str
    dataset_name: str
    dataset_digest: str


def log(run: Run, **batch: Any) -> None:
    """`log_to` a run that has been found."""
    log_to(run.project_id, run.uuid, **batch)


def log_to(
    project_id: int,
    run_id: str,
    *,
    metrics: Sequence[LoggedPoint] = (),
    params: Sequence[tuple[str, str]] = (),
    tags: Sequence[tuple[str, str]] = (),
) -> None:
    """Logs a batch to the run of a project atomically. Sending the same again changes nothing.

    NotFound when the project has no such run; InvalidInput for a deleted run, more than MLflow takes at once, a key
    that cannot be kept, a param that already has another value, or the same param twice in one batch.
    """
    _check_limits(len(metrics), len(params), len(tags))
    wanted_params = _checked_params(params)
    wanted_tags = {
        names.key(key, kind="key", path=f"tags[{at}].key"): names.tag_value(value)
        for at, (key, value) in enumerate(tags)
    }
    linked = _check_points(metrics)
    points, newest = _ranked(metrics, _numbers(project_id, run_id, metrics))
    if not (linked or wanted_params or wanted_tags):
        _found(sql.log_points(project_id, run_id, points, newest), run_id)
        return
    with transaction.atomic():
        run = _found(sql.run_named(project_id, run_id), run_id)
        _write_params(run, wanted_params)
        if points:
            sql.log_points(project_id, run_id, points, newest)
        if linked:
            logged_models.log_metrics(run, linked)
        if wanted_tags:
            runs.write_tags(run, wanted_tags)


def _found(run: Run | None, run_id: str) -> Run:
    if run is None:
        raise NotFound(missing(run_id))
    runs.must_be_active(run)
    return run


def _numbers(project_id: int, run_id: str, metrics: Sequence[LoggedPoint]) -> Mapping[str, int]:
    """The numbers of the keys. A key is new once; then the run is looked up first, so that none is kept for nothing."""
    keys = {point.key for point in metrics}
    known = metric_keys.known(project_id, keys)
    if known is not None:
        return known
    _found(sql.run_named(project_id, run_id), run_id)
    return metric_keys.ids_of(project_id, keys)


def _check_limits(metrics: int, params: int, tags: int) -> None:
    counts = (
        ("metrics", metrics, MAX_METRICS),
        ("params", params, MAX_PARAMS),
        ("tags", tags, MAX_TAGS),
        ("metrics, params, and tags", metrics + params + tags, MAX_IN_ALL),
    )
    for what, count, limit in counts:
        if count > limit:
            raise InvalidInput(
                f"A batch logging request can contain at most {limit} {what}. Got {count} {what}. "
                f"Please split up {what} across multiple requests and try again."
            )


def _checked_params(params: Sequence[tuple[str, str]]) -> dict[str, str]:
    several = len(params) > 1
    wanted: dict[str, str] = {}
    for at, (key, value) in enumerate(params):
        names.key(key, kind="Param key", path=f"params[{at}].key" if several else "key")
        if key in wanted:
            raise InvalidInput(
                f"Duplicate parameter keys have been submitted: ['{key}']. Please ensure the request contains only "
                "one param value per param key."
            )
        wanted[key] = names.param_value(value)
    return wanted


def _check_points(metrics: Sequence[LoggedPoint]) -> list[LoggedPoint]:
    """Those that are linked to a logged model. InvalidInput for a key or a dataset that cannot be kept; values become
    what can be."""
    several = len(metrics) > 1
    checked: set[str] = set()
    linked = []
    for at, point in enumerate(metrics):
        if point.key not in checked:
            names.key(point.key, kind="Metric name", path=f"metrics[{at}].name" if several else "name")
            checked.add(point.key)
        point.value = _finite(float(point.value))
        if point.dataset_name or point.dataset_digest:
            logged_models.check_dataset(point)
        if point.model:
            linked.append(point)
    return linked


def _finite(value: float) -> float:
    """MLflow's rule: an infinity is kept as the largest float, as most databases know no other."""
    if value in (math.inf, -math.inf):
        return LARGEST if value > 0 else -LARGEST
    return value + 0.0  # -0.0 becomes 0.0


def _ranked(metrics: Sequence[LoggedPoint], keys: Mapping[str, int]) -> tuple[list[sql.Point], list[sql.Point]]:
    """The points as rows, and the newest of each key."""
    newest: dict[int, tuple[int, int, float, bool]] = {}
    points: list[sql.Point] = []
    for one in metrics:
        key, step, timestamp, value = keys[one.key], one.step, one.timestamp, one.value
        points.append((key, step, timestamp, value))
        ranked = (step, timestamp, value, False) if value == value else (step, timestamp, 0.0, True)  # noqa: PLR0124
        if key not in newest or ranked > newest[key]:
            newest[key] = ranked
    return points, [(key, *ranked) for key, ranked in newest.items()]


def _write_params(run: Run, wanted: Mapping[str, str]) -> None:
    if not wanted:
        return
    sql.insert_params(run, wanted)
    changed = [
        {"key": key, "old_value": value, "new_value": wanted[key]}
        for key, value in sql.kept_params(run, wanted).items()
        if value != wanted[key]
    ]
    if changed:
        raise InvalidInput(_unchangeable(run, changed))


def _unchangeable(run: Run, changed: list[dict[str, str]]) -> str:
    if len(changed) == 1:
        one = changed[0]
        return (
            f"Changing param values is not allowed. Param with key='{one['key']}' was already logged with "
            f"value='{one['old_value']}' for run ID='{run.uuid}'. Attempted logging new value '{one['new_value']}'."
        )
    return f"Changing param values is not allowed. Params were already logged='{changed}' for run ID='{run.uuid}'."
