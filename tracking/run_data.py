"""What runs have logged, for many runs in one query each: latest metrics, params and tags."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from tracking.models import LatestMetric, Param, Run, Tag


class MetricPoint(NamedTuple):
    """One value of a metric; `value` may be NaN, `timestamp` is in milliseconds since 1970."""

    key: str
    value: float
    timestamp: int
    step: int


@dataclass
class RunData:
    """A run's latest metrics, params and tags, each in the order of their keys."""

    metrics: list[MetricPoint] = field(default_factory=list)
    params: list[tuple[str, str]] = field(default_factory=list)
    tags: list[tuple[str, str]] = field(default_factory=list)


def of(runs: Iterable[Run]) -> dict[int, RunData]:
    """The data of each run, by its primary key. Three queries, however many runs."""
    wanted = [run.pk for run in runs]
    data: dict[int, RunData] = defaultdict(RunData)
    latest = LatestMetric.objects.filter(run__in=wanted).order_by("run", "key__name")
    rows = latest.values_list("run", "key__name", "value", "is_nan", "timestamp", "step")
    for run, key, value, is_nan, timestamp, step in rows:
        data[run].metrics.append(MetricPoint(key, float("nan") if is_nan else value, timestamp, step))
    params = Param.objects.filter(run__in=wanted).order_by("run", "key")
    for run, key, head, rest in params.values_list("run", "key", "head", "rest"):
        data[run].params.append((key, head + rest))
    tags = Tag.objects.filter(run__in=wanted).order_by("run", "key")
    for run, key, head, rest in tags.values_list("run", "key", "head", "rest"):
        data[run].tags.append((key, head + rest))
    return {pk: data[pk] for pk in wanted}
