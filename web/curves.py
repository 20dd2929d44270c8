"""The points of a metric for a chart: as many as a screen can show, and none of the spikes lost."""

from dataclasses import dataclass

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Max, Min, QuerySet

from tracking.models import Metric, MetricKey, Run

# Up to here every point is sent; beyond, the lowest and the highest of each of half as many buckets.
MOST = 1000
# MLflow stores infinity as the largest float. NaN is above it on both databases, as a number or as text.
_INFINITE = 1.79e308


@dataclass(frozen=True)
class Curve:
    """`points` are (step, milliseconds since 1970, value). `total` counts all that were logged, `drawable` those that
    are finite; when there are more of them than points, the points are the extremes of buckets."""

    points: list[tuple[int, int, float]]
    total: int
    drawable: int


def curve(run: Run, key: str, *, by: str = "step") -> Curve:
    """One metric of a run, in the order of its steps, or by time with `by="timestamp"`. Empty for an unknown key."""
    number = MetricKey.objects.filter(project=run.project_id, name=key).values_list("pk", flat=True).first()
    logged = Metric.objects.filter(run=run.pk, key=number)
    finite = logged.filter(value__gt=-_INFINITE, value__lt=_INFINITE)
    extent = finite.aggregate(number=Count("step"), low=Min(by), high=Max(by))
    drawable = extent["number"]
    if drawable <= MOST:
        points = list(finite.order_by(by, "timestamp", "step", "value").values_list("step", "timestamp", "value"))
    else:
        points = _extremes(finite, by, extent["low"], extent["high"])
    return Curve(points, total=logged.count(), drawable=drawable)


def _extremes(points: QuerySet[Metric], by: str, low: int, high: int) -> list[tuple[int, int, float]]:
    """Whole-number division alone makes the buckets: a difference of two steps could overflow in the database."""
    width = (high - low) // (MOST // 2) + 1
    bucket = ExpressionWrapper(F(by) / width, output_field=BigIntegerField())
    found = points.annotate(bucket=bucket).values("bucket").order_by("bucket")
    rows = found.annotate(first=Min("step"), at=Min("timestamp"), least=Min("value"), most=Max("value"))
    extremes: list[tuple[int, int, float]] = []
    for row in rows.values_list("first", "at", "least", "most"):
        step, timestamp, least, most = row[-4:]
        extremes.append((step, timestamp, least))
        if most != least:
            extremes.append((step, timestamp, most))
    return extremes
