"""Logged models by MLflow's filter language.

Params, tags and metrics are asked for model by model, through the unique index that begins with the model: an
experiment has few models, while a metric's name may have millions of points in the project.
"""

import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.fields import FloatField
from django.db.models.functions import Cast, Coalesce, Concat

from lib import cursors
from lib.errors import InvalidInput
from projects.models import Project
from search import LOGGED_MODELS, Comparison, Kind, Order, SearchError, parse_order_field
from tracking.models import (
    Experiment,
    LoggedModel,
    LoggedModelMetric,
    LoggedModelParam,
    LoggedModelStatus,
    LoggedModelTag,
    MetricKey,
)
from tracking.models.experiment import parse_iid
from tracking.search import language, text
from tracking.search.locations import LOCATION
from tracking.search.pages import Sort, keys

MAX_RESULTS = 50_000
_LOOKUPS = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte", "=": "exact"}


@dataclass(frozen=True)
class OnDataset:
    """Which metrics count: those on datasets of this name, and of this digest where one is given."""

    dataset_name: str = ""
    dataset_digest: str = ""

    def condition(self) -> Q:
        named = Q(dataset_name=self.dataset_name) if self.dataset_name else Q()
        return named & Q(dataset_digest=self.dataset_digest) if self.dataset_digest else named


@dataclass(frozen=True)
class OrderedBy(OnDataset):
    """`metrics.<key>`, perhaps on a dataset, or an attribute."""

    field_name: str = ""
    ascending: bool = True


@dataclass
class Page:
    """Models in order, `with_details()`; the token of the next page, or ""."""

    models: list[LoggedModel]
    next_page_token: str


def page(
    project: Project,
    experiment_ids: Sequence[str],
    *,
    filter_string: str = "",
    datasets: Sequence[OnDataset] = (),
    order_by: Sequence[OrderedBy] = (),
    max_results: int = 100,
    page_token: str = "",
) -> Page:
    """The models of these experiments of the project that match, newest first unless `order_by` says otherwise.

    With `datasets`, only metrics on one of them count in the filter, and without a metric in the filter a model needs
    any metric on one of them. InvalidInput for a filter or order that is not MLflow's, and for a page token of another
    search.
    """
    experiments = _experiments(project, experiment_ids)
    rows = LoggedModel.objects.active().filter(project=project, experiment__in=experiments)
    rows = rows.filter(_condition(project, language.comparisons(filter_string, LOGGED_MODELS), datasets))
    sorts = _sorts(project, order_by)
    asked = cursors.question(
        "logged-models",
        project.pk,
        sorted(experiments),
        filter_string,
        [astuple(dataset) for dataset in datasets],
        [astuple(order) for order in order_by],
    )
    found, following = keys(rows, sorts, asked=asked, max_results=max_results, page_token=page_token)
    by_key = LoggedModel.objects.with_details().in_bulk(found)
    return Page([by_key[pk] for pk in found if pk in by_key], following)


def _experiments(project: Project, experiment_ids: Sequence[str]) -> list[int]:
    wanted = [parse_iid(experiment_id) for experiment_id in experiment_ids]
    return list(Experiment.objects.filter(project=project, iid__in=wanted).values_list("pk", flat=True))


def _condition(project: Project, comparisons: Sequence[Comparison], datasets: Sequence[OnDataset]) -> Q:
    on_datasets = _on_any(datasets)
    condition = Q()
    for comparison in comparisons:
        condition &= _compared(project, comparison, on_datasets)
    if datasets and not any(comparison.kind is Kind.METRIC for comparison in comparisons):
        condition &= Q(Exists(_metrics().filter(on_datasets)))
    return condition


def _on_any(datasets: Sequence[OnDataset]) -> Q:
    """MLflow's own server finds nothing for a dataset without a digest, though its API calls it optional."""
    condition = Q()
    for dataset in datasets:
        if not dataset.dataset_name:
            raise InvalidInput("`dataset_name` in the `datasets` clause must be specified.", field="datasets")
        condition |= dataset.condition()
    return condition


def _compared(project: Project, comparison: Comparison, on_datasets: Q) -> Q:
    match comparison.kind:
        case Kind.METRIC:
            points = _metrics_named(project, comparison.key).filter(on_datasets, _number(comparison))
            return Q(Exists(points))
        case Kind.PARAM:
            return _keyed(LoggedModelParam.objects.all(), comparison)
        case Kind.TAG:
            return _keyed(LoggedModelTag.objects.all(), comparison)
    return _attribute(comparison)


def _metrics() -> QuerySet[LoggedModelMetric]:
    return LoggedModelMetric.objects.filter(model=OuterRef("pk"))


def _metrics_named(project: Project, name: str) -> QuerySet[LoggedModelMetric]:
    key = MetricKey.objects.filter(project=project, name=name).values_list("pk", flat=True).first()
    return _metrics().filter(key=key)


def _number(comparison: Comparison) -> Q:
    """Any point of the model may satisfy it, not only the latest: so does MLflow. But a NaN, which MLflow keeps as 0
    here and then finds as 0, is unequal to every number and neither above nor below any."""
    if comparison.op == "!=":
        return ~Q(value=comparison.value) | Q(is_nan=True)
    return Q(**{f"value__{_LOOKUPS[comparison.op]}": comparison.value}, is_nan=False)


def _keyed(rows: QuerySet[Any], comparison: Comparison) -> Q:
    return Q(Exists(rows.filter(text.condition("value", comparison), model=OuterRef("pk"), key=comparison.key)))


def _attribute(comparison: Comparison) -> Q:
    match comparison.key:
        case "creation_timestamp" | "last_updated_timestamp":
            return _time(_TIMES[comparison.key], comparison)
        case "status":
            return _status(comparison)
    return text.condition(_TEXTS[comparison.key], comparison)


def _time(column: str, comparison: Comparison) -> Q:
    if comparison.op == "!=":
        return ~Q(**{column: comparison.value})
    return Q(**{f"{column}__{_LOOKUPS[comparison.op]}": comparison.value})


_TIMES = {"creation_timestamp": "created_ms", "last_updated_timestamp": "updated_ms"}
_EXPERIMENT_ID = Cast("experiment__iid", TextField())
_TEXTS: dict[str, Any] = {
    "name": "name",
    "model_id": "uuid",
    "model_type": "model_type",
    "source_run_id": "source_run_uuid",
    "status_message": "status_message",
    "experiment_id": _EXPERIMENT_ID,
    "artifact_location": Concat(
        LOCATION,
        Value("/models/"),
        "uuid",
        Value("/artifacts"),
        output_field=TextField(),
    ),
    "lifecycle_stage": Case(
        When(deleted_at=None, then=Value("active")), default=Value("deleted"), output_field=TextField()
    ),
}


def _status(comparison: Comparison) -> Q:
    """MLflow compares the number of its protocol; the names that its clients show are understood as well."""
    holds = [status for status in LoggedModelStatus if _status_holds(status, comparison)]
    return Q(status__in=holds)


def _status_holds(status: LoggedModelStatus, comparison: Comparison) -> bool:
    spellings = {str(status.value), status.label, status.label.removeprefix("LOGGED_MODEL_").removeprefix("UPLOAD_")}
    value = comparison.value
    match comparison.op:
        case "=" | "!=":
            return (value in spellings) == (comparison.op == "=")
        case "IN" | "NOT IN":
            assert isinstance(value, tuple)  # noqa: S101 - the parser's promise
            return bool(spellings.intersection(map(str, value))) == (comparison.op == "IN")
    parts = (".*" if c == "%" else "." if c == "_" else re.escape(c) for c in str(value))
    pattern = re.compile("".join(parts), re.IGNORECASE | re.DOTALL if comparison.op == "ILIKE" else re.DOTALL)
    return any(pattern.fullmatch(spelling) for spelling in spellings)


def _sorts(project: Project, order_by: Sequence[OrderedBy]) -> list[Sort]:
    sorts: list[Sort] = []
    attributes: set[str] = set()
    for wanted in order_by:
        order = _order(wanted)
        if order.kind is Kind.METRIC:
            sorts += _by_metric(project, order, wanted)
        elif order.key not in attributes:
            attributes.add(order.key)
            sorts.append(Sort(_sortable(order.key), order.ascending))
    if "creation_timestamp" not in attributes:
        sorts.append(Sort(F("created_ms"), ascending=False))
    if "model_id" not in attributes:
        sorts.append(Sort(_sortable("model_id")))
    return sorts


def _order(wanted: OrderedBy) -> Order:
    try:
        return parse_order_field(wanted.field_name, LOGGED_MODELS, ascending=wanted.ascending)
    except SearchError as wrong:
        raise InvalidInput(wrong.message, field="order_by") from None


def _sortable(key: str) -> Any:
    if key == "status":
        return F("status")
    return F(_TIMES[key]) if key in _TIMES else text.sortable(_text(key))


def _text(key: str) -> Any:
    column = _TEXTS[key]
    return F(column) if isinstance(column, str) else column


def _by_metric(project: Project, order: Order, wanted: OrderedBy) -> list[Sort]:
    """By a model's latest point (by timestamp, then step): numbers, then NaN, then models without one, both ways, as
    runs are ordered."""
    points = _metrics_named(project, order.key).filter(wanted.condition())
    latest = points.order_by("-timestamp", "-step", "run__uuid", "-value", "pk")
    nan = Case(When(is_nan=True, then=Value(1)), default=Value(0), output_field=IntegerField())
    rank = Coalesce(Subquery(latest.values(kind=nan)[:1]), Value(2), output_field=IntegerField())
    value = Coalesce(Subquery(latest.values("value")[:1]), Value(0.0), output_field=FloatField())
    return [Sort(rank), Sort(value, order.ascending)]
