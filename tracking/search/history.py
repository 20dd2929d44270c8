"""The points of one metric of a run, in MLflow's order: by timestamp, then step, then value."""

from django.db.models import F

from lib import cursors
from tracking.models import Metric, MetricKey, Run
from tracking.run_data import MetricPoint
from tracking.search.pages import Sort, values

_ORDER = [Sort(F("timestamp")), Sort(F("step")), Sort(F("value"))]


def page(
    run: Run, metric_key: str, *, max_results: int | None = None, page_token: str = ""
) -> tuple[list[MetricPoint], str]:
    """Points, and the token of the next page; all there are when `max_results` is None; none for an unknown key."""
    key = MetricKey.objects.filter(project=run.project_id, name=metric_key).values_list("pk", flat=True).first()
    rows, following = values(
        Metric.objects.filter(run=run, key=key),
        ["value", "timestamp", "step"],
        _ORDER,
        asked=cursors.question("history", run.uuid, metric_key),
        max_results=max_results if max_results is not None else 2**31,
        page_token=page_token,
    )
    return [MetricPoint(metric_key, *row) for row in rows], following
