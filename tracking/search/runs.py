"""Runs by MLflow's filter language.

Every comparison with a metric, param or tag is a semi-join on a covering index (experiment, key, value, run), which
the planner can enter from either side. Ordering joins its one row by primary key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Case, Exists, F, FilteredRelation, IntegerField, OuterRef, Q, Value, When
from django.db.models.fields import FloatField, TextField
from django.db.models.functions import Coalesce, Concat

from lib import cursors
from lib.errors import InvalidInput
from projects.models import Project
from search import RUNS, Comparison, Kind, Order
from tracking import whole_runs
from tracking.models import DatasetInput, Experiment, LatestMetric, MetricKey, Param, Run, RunStatus, Tag
from tracking.models.experiment import parse_iid
from tracking.models.run import RunQuerySet
from tracking.search import language, text
from tracking.search.locations import LOCATION
from tracking.search.pages import Sort, keys
from tracking.whole_runs import WholeRun

MAX_RESULTS = 50_000
VIEW_TYPES = ("ACTIVE_ONLY", "DELETED_ONLY", "ALL")


@dataclass
class Page:
    """Runs in order, with their experiments; the token of the next page, or ""."""

    runs: list[Run]
    next_page_token: str


@dataclass
class WholePage:
    """The same with all that the runs have logged."""

    runs: list[WholeRun]
    next_page_token: str


def page(project: Project, experiment_ids: Sequence[str], **asked: Any) -> Page:
    """Those of `keys_of`, with their experiments."""
    found, following = keys_of(project, experiment_ids, **asked)
    by_key = Run.objects.select_related("experiment").in_bulk(found)
    return Page([by_key[pk] for pk in found if pk in by_key], following)


def whole_page(project: Project, experiment_ids: Sequence[str], **asked: Any) -> WholePage:
    """Those of `keys_of`, with all they logged."""
    found, following = keys_of(project, experiment_ids, **asked)
    return WholePage(whole_runs.of(found), following)


def keys_of(
    project: Project,
    experiment_ids: Sequence[str],
    *,
    filter_string: str = "",
    order_by: Sequence[str] = (),
    view_type: str = "ACTIVE_ONLY",
    max_results: int = 1000,
    page_token: str = "",
) -> tuple[list[int], str]:
    """The primary keys of the runs of these experiments of the project that match, newest first unless `order_by` says
    otherwise; the token of the next page, or "".

    InvalidInput for a filter or order that is not MLflow's, and for a page token of another search.
    """
    experiments = _experiments(project, experiment_ids)
    comparisons = language.comparisons(filter_string, RUNS)
    orders = language.orders(order_by, RUNS)
    rows = with_lifecycle(Run.objects.filter(project=project, experiment__in=experiments), view_type)
    for comparison in comparisons:
        rows = rows.filter(_condition(project, experiments, comparison))
    rows, sorts = _sorted(project, rows, orders)
    asked = cursors.question("runs", project.pk, sorted(experiments), filter_string, list(order_by), view_type)
    return keys(rows, sorts, asked=asked, max_results=max_results, page_token=page_token)


def _experiments(project: Project, experiment_ids: Sequence[str]) -> list[int]:
    wanted = [parse_iid(experiment_id) for experiment_id in experiment_ids]
    return list(Experiment.objects.filter(project=project, iid__in=wanted).values_list("pk", flat=True))


def with_lifecycle(rows: RunQuerySet, view_type: str) -> RunQuerySet:
    match view_type:
        case "ACTIVE_ONLY":
            return rows.active()
        case "DELETED_ONLY":
            return rows.deleted()
        case "ALL":
            return rows
    raise InvalidInput(f"Invalid value for parameter 'run_view_type': one of {', '.join(VIEW_TYPES)}")


def _condition(project: Project, experiments: Sequence[int], comparison: Comparison) -> Q:
    match comparison.kind:
        case Kind.METRIC:
            return _metric(project, experiments, comparison)
        case Kind.PARAM:
            return _keyed(Param, experiments, comparison)
        case Kind.TAG:
            return _keyed(Tag, experiments, comparison)
        case Kind.DATASET:
            return _dataset(comparison)
    return _attribute(comparison)


_LOOKUPS = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte", "=": "exact"}


def _metric(project: Project, experiments: Sequence[int], comparison: Comparison) -> Q:
    """A NaN is unequal to every number and neither above nor below any; it is kept as 0, so it says so itself."""
    if comparison.op == "!=":
        holds = ~Q(value=comparison.value) | Q(is_nan=True)
    else:
        holds = Q(**{f"value__{_LOOKUPS[comparison.op]}": comparison.value}, is_nan=False)
    key = _metric_key(project, comparison.key)
    found = LatestMetric.objects.filter(holds, experiment__in=experiments, key=key)
    return Q(pk__in=found.values("run"))


def _metric_key(project: Project, name: str) -> int | None:
    return MetricKey.objects.filter(project=project, name=name).values_list("pk", flat=True).first()


def _keyed(model: type[Param] | type[Tag], experiments: Sequence[int], comparison: Comparison) -> Q:
    if comparison.op == "IS NULL":
        return Q(~Exists(model.objects.filter(run=OuterRef("pk"), key=comparison.key)))
    if comparison.op == "IS NOT NULL":
        return Q(Exists(model.objects.filter(run=OuterRef("pk"), key=comparison.key)))
    found = model.objects.filter(_value(comparison), experiment__in=experiments, key=comparison.key)
    return Q(pk__in=found.values("run"))


def _value(comparison: Comparison) -> Q:
    """Equality is answered by the index on the head alone where the value is not longer."""
    if comparison.op not in ("=", "!="):
        return text.condition(Concat("head", "rest", output_field=TextField()), comparison)
    from tracking.models.text import split

    head, rest = split(cast(str, comparison.value))
    same = Q(head=head, rest=rest)
    return same if comparison.op == "=" else ~same


def _dataset(comparison: Comparison) -> Q:
    column = {"name": "dataset__name", "digest": "dataset__digest", "context": "context"}[comparison.key]
    inputs = DatasetInput.objects.filter(text.condition(column, comparison))
    if comparison.key == "context":
        # Where none was given there is none that could be another than the one asked for.
        inputs = inputs.exclude(context="")
    return Q(pk__in=inputs.values("run"))


def _attribute(comparison: Comparison) -> Q:
    match comparison.key:
        case "start_time" | "end_time":
            return _time(comparison)
        case "status":
            return _status(comparison)
        case "artifact_uri":
            return text.condition(_ARTIFACT_URI, comparison)
    return text.condition(_COLUMNS[comparison.key], comparison)


_COLUMNS = {"run_id": "uuid", "run_name": "name", "user_id": "user_name"}
_ARTIFACT_URI = Concat(
    LOCATION,
    Value("/"),
    "uuid",
    Value("/artifacts"),
    output_field=TextField(),
)


def _time(comparison: Comparison) -> Q:
    if comparison.op == "!=":
        return Q(**{f"{comparison.key}__isnull": False}) & ~Q(**{comparison.key: comparison.value})
    return Q(**{f"{comparison.key}__{_LOOKUPS[comparison.op]}": comparison.value})


def _status(comparison: Comparison) -> Q:
    """There are five: the comparison is made with each of their names."""
    import re

    wanted = str(comparison.value)
    if comparison.op in ("LIKE", "ILIKE"):
        parts = (".*" if c == "%" else "." if c == "_" else re.escape(c) for c in wanted)
        pattern = re.compile("".join(parts), re.IGNORECASE if comparison.op == "ILIKE" else 0)
        matching = [status for status in RunStatus if pattern.fullmatch(status.name)]
    else:
        matching = [status for status in RunStatus if (status.name == wanted) == (comparison.op == "=")]
    return Q(status__in=matching)


def _sorted(project: Project, rows: RunQuerySet, orders: Sequence[Order]) -> tuple[RunQuerySet, list[Sort]]:
    sorts: list[Sort] = []
    for number, order in enumerate(orders):
        rows, added = _sort(project, rows, order, f"ordered_{number}")
        sorts += added
    if not any(order.kind is Kind.ATTRIBUTE and order.key == "start_time" for order in orders):
        sorts.append(Sort(F("start_time"), ascending=False))
    return rows, [*sorts, Sort(F("uuid"))]


def _sort(project: Project, rows: RunQuerySet, order: Order, alias: str) -> tuple[RunQuerySet, list[Sort]]:
    if order.kind is Kind.ATTRIBUTE:
        return rows, _by_attribute(order)
    if order.kind is Kind.METRIC:
        key = _metric_key(project, order.key)
        joined = FilteredRelation("latest_metrics", condition=Q(latest_metrics__key=key))
        value: Any = Coalesce(F(f"{alias}__value"), 0.0, output_field=FloatField())
        nan = When(**{f"{alias}__is_nan": True, "then": Value(1)})
    else:
        relation = "params" if order.kind is Kind.PARAM else "tags"
        joined = FilteredRelation(relation, condition=Q(**{f"{relation}__key": order.key}))
        whole = Concat(f"{alias}__head", f"{alias}__rest", output_field=TextField())
        value = text.sortable(Coalesce(whole, Value(""), output_field=TextField()))
        nan = When(pk=None, then=Value(1))
    missing = When(**{f"{alias}__run__isnull": True, "then": Value(2)})
    rank = Case(missing, nan, default=Value(0), output_field=IntegerField())
    rows = rows.annotate(**{alias: joined})
    return rows, [Sort(rank), Sort(value, order.ascending)]


def _by_attribute(order: Order) -> list[Sort]:
    match order.key:
        case "start_time":
            return [Sort(F("start_time"), order.ascending)]
        case "end_time":
            missing = Case(When(end_time=None, then=Value(1)), default=Value(0), output_field=IntegerField())
            return [Sort(missing), Sort(Coalesce(F("end_time"), 0), order.ascending)]
        case "status":
            names = sorted(RunStatus, key=lambda status: status.name)
            whens = [When(status=status, then=Value(place)) for place, status in enumerate(names)]
            return [Sort(Case(*whens, default=Value(9), output_field=IntegerField()), order.ascending)]
        case "artifact_uri":
            return [Sort(text.sortable(_ARTIFACT_URI), order.ascending)]
    return [Sort(text.sortable(F(_COLUMNS[order.key])), order.ascending)]
