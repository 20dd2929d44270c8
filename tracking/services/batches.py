"""Log metrics, params and tags to a run: all of a batch, or nothing of it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from lib.errors import InvalidInput
from tracking import names, sql
from tracking.models import Param, Run
from tracking.models.text import split
from tracking.services import logged_models, metric_keys, runs

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


def log(
    run: Run,
    *,
    metrics: Sequence[Point] = (),
    params: Sequence[tuple[str, str]] = (),
    tags: Sequence[tuple[str, str]] = (),
) -> None:
    """Logs a batch atomically. Sending the same again changes nothing.

    InvalidInput for a deleted run, more than MLflow takes at once, a key that cannot be kept, a param that already
    has another value, or the same param twice in one batch.
    """
    _check_limits(len(metrics), len(params), len(tags))
    wanted_params = _checked_params(params)
    wanted_tags = {
        names.key(key, kind="key", path=f"tags[{at}].key"): names.tag_value(value)
        for at, (key, value) in enumerate(tags)
    }
    points = _checked_points(metrics)
    runs.must_be_active(run)
    keys = metric_keys.ids_of(run.project_id, {point.key for point in points})
    with transaction.atomic():
        _write_params(run, wanted_params)
        _write_points(run, points, keys)
        if wanted_tags:
            runs.write_tags(run, wanted_tags)


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


def _checked_points(metrics: Sequence[Point]) -> list[Point]:
    several = len(metrics) > 1
    for at, point in enumerate(metrics):
        names.key(point.key, kind="Metric name", path=f"metrics[{at}].name" if several else "name")
        logged_models.check_dataset(point)
        point.value = _finite(point.value)
    return list(metrics)


def _finite(value: float) -> float:
    """MLflow's rule: an infinity is kept as the largest float, as most databases know no other."""
    if math.isinf(value):
        return LARGEST if value > 0 else -LARGEST
    return value + 0.0  # -0.0 becomes 0.0


def _write_params(run: Run, wanted: Mapping[str, str]) -> None:
    if not wanted:
        return
    sql.insert_params((run.pk, key, run.experiment_id, *split(value)) for key, value in wanted.items())
    kept = Param.objects.filter(run=run, key__in=wanted).values_list("key", "head", "rest")
    changed = [
        {"key": key, "old_value": head + rest, "new_value": wanted[key]}
        for key, head, rest in kept
        if head + rest != wanted[key]
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


def _write_points(run: Run, points: Sequence[Point], keys: Mapping[str, int]) -> None:
    if not points:
        return
    sql.insert_points((run.pk, keys[one.key], one.step, one.timestamp, one.value) for one in points)
    newest: dict[str, tuple[int, int, float, bool]] = {}
    for one in points:
        is_nan = math.isnan(one.value)
        ranked = (one.step, one.timestamp, 0.0 if is_nan else one.value, is_nan)
        newest[one.key] = max(newest.get(one.key, ranked), ranked)
    sql.upsert_latest(
        (run.pk, keys[key], run.experiment_id, value, is_nan, step, timestamp)
        for key, (step, timestamp, value, is_nan) in newest.items()
    )
    linked = [one for one in points if one.model]
    if linked:
        logged_models.log_metrics(run, linked)
