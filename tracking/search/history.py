"""The points of one metric of a run: all of them in pages, of many runs at once, or an even sample for a chart."""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet, Window
from django.db.models.functions import RowNumber

from lib import cursors
from lib.statements import Rows
from projects.models import Project
from tracking.models import Metric, MetricKey, Run
from tracking.run_data import MetricPoint
from tracking.search.pages import last_seen
from tracking.services import metric_keys
from tracking.sql import reads


def page(
    run: Run, metric_key: str, *, max_results: int | None = None, page_token: str = ""
) -> tuple[list[MetricPoint], str]:
    """Points by timestamp, step and value, and the token of the next page.

    All there are when `max_results` is None; none for an unknown key.
    """
    key = metric_keys.number(run.project_id, metric_key)
    asked = cursors.question("history", run.uuid, metric_key)
    last = last_seen(asked, page_token, 3) if page_token else None
    if key is None:
        return [], ""
    if max_results is None and last is None:
        return _told(metric_key, reads.points(run.pk, key)), ""
    limit = max_results if max_results is not None else 2**31
    found = reads.points_after(run.pk, key, last, limit + 1)
    following = cursors.encode(asked, list(found[limit - 1])) if len(found) > limit else ""
    return _told(metric_key, found[:limit]), following


def _told(metric_key: str, found: Rows) -> list[MetricPoint]:
    """SQLite's NaN is a text; see PointField."""
    return [MetricPoint(metric_key, float(value), timestamp, step) for timestamp, step, value in found]


def of_many(
    project: Project, run_uuids: Iterable[str], metric_key: str, *, max_results: int
) -> list[tuple[str, MetricPoint]]:
    """(run's uuid, point) by run, then as in `page`; runs that are not of the project have none."""
    rows = _points(project.pk, metric_key).filter(run__project=project, run__uuid__in=list(run_uuids))
    found = rows.order_by("run__uuid", "timestamp", "step", "value")
    columns = found.values_list("run__uuid", "value", "timestamp", "step")[:max_results]
    return [(uuid, MetricPoint(metric_key, value, timestamp, step)) for uuid, value, timestamp, step in columns]


def sampled(run: Run, metric_key: str, *, max_results: int, steps: tuple[int, int] | None = None) -> list[MetricPoint]:
    """At most `max_results` points by step, timestamp and value, evenly picked, the first and last among them.

    `steps` limits them to a range, both ends included.
    """
    rows = _points(run.project_id, metric_key).filter(run=run)
    if steps is not None:
        rows = rows.filter(step__gte=steps[0], step__lte=steps[1])
    place = Window(RowNumber(), order_by=["step", "timestamp", "value"])
    total = rows.count()
    if total > max_results:
        rows = rows.annotate(place=place).filter(place__in=evenly(total, max_results))
    found = rows.order_by("step", "timestamp", "value").values_list("value", "timestamp", "step")
    return [MetricPoint(metric_key, *point) for point in found]


def evenly(total: int, wanted: int) -> Sequence[int]:
    """MLflow's choice of `wanted` places of 1 … `total`: the first of as many nearly equal parts, and the last of all
    in place of the last part's first."""
    size, larger = divmod(total, wanted)
    starts = [part * size + min(part, larger) + 1 for part in range(wanted)]
    return [*starts[:-1], total]


def _points(project_id: int, metric_key: str) -> QuerySet[Metric]:
    key = MetricKey.objects.filter(project=project_id, name=metric_key).values_list("pk", flat=True).first()
    return Metric.objects.filter(key=key)
