"""Experiments by MLflow's filter language."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from lib import cursors
from projects.models import Project
from search import EXPERIMENTS, Comparison, Kind, Order
from tracking.models import Experiment, ExperimentTag
from tracking.models.experiment import ExperimentQuerySet
from tracking.search import language, text
from tracking.search.pages import Sort, keys

MAX_RESULTS = 50_000
_COLUMNS = {"name": "name", "experiment_id": "iid", "creation_time": "created_ms", "last_update_time": "updated_ms"}
_LOOKUPS = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte", "=": "exact", "IN": "in"}


@dataclass
class Page:
    """Experiments in order, with their tags loaded; the token of the next page, or ""."""

    experiments: list[Experiment]
    next_page_token: str


def page(
    project: Project,
    *,
    filter_string: str = "",
    order_by: Sequence[str] = (),
    view_type: str = "ACTIVE_ONLY",
    max_results: int = 1000,
    page_token: str = "",
) -> Page:
    """The project's experiments that match, newest first unless `order_by` says otherwise.

    InvalidInput for a filter or order that is not MLflow's, and for a page token of another search.
    """
    rows = _with_lifecycle(Experiment.objects.filter(project=project), view_type)
    for comparison in language.comparisons(filter_string, EXPERIMENTS):
        rows = rows.filter(_condition(comparison))
    sorts = _sorts(language.orders(order_by, EXPERIMENTS))
    asked = cursors.question("experiments", project.pk, filter_string, list(order_by), view_type)
    found, following = keys(rows, sorts, asked=asked, max_results=max_results, page_token=page_token)
    by_key = Experiment.objects.prefetch_related("tags").in_bulk(found)
    return Page([by_key[pk] for pk in found if pk in by_key], following)


def _with_lifecycle(rows: ExperimentQuerySet, view_type: str) -> ExperimentQuerySet:
    if view_type == "ALL":
        return rows
    return rows.active() if view_type == "ACTIVE_ONLY" else rows.exclude(deleted_at=None)


def _condition(comparison: Comparison) -> Q:
    if comparison.kind is Kind.TAG:
        return _tag(comparison)
    column = _COLUMNS[comparison.key]
    if comparison.key == "name":
        return text.condition(column, comparison)
    value: Any = list(comparison.value) if isinstance(comparison.value, tuple) else comparison.value
    if comparison.op in ("!=", "NOT IN"):
        return ~Q(**{f"{column}__{'in' if comparison.op == 'NOT IN' else 'exact'}": value})
    return Q(**{f"{column}__{_LOOKUPS[comparison.op]}": value})


def _tag(comparison: Comparison) -> Q:
    tags = ExperimentTag.objects.filter(experiment=OuterRef("pk"), key=comparison.key)
    if comparison.op == "IS NULL":
        return Q(~Exists(tags))
    if comparison.op != "IS NOT NULL":
        tags = tags.filter(text.condition("value", comparison))
    return Q(Exists(tags))


def _sorts(orders: Sequence[Order]) -> list[Sort]:
    if not orders:
        return [Sort(F("created_ms"), ascending=False), Sort(F("iid"))]
    sorts = [Sort(_sortable(order.key), order.ascending) for order in orders]
    if not any(order.key == "experiment_id" for order in orders):
        sorts.append(Sort(F("iid"), ascending=False))
    return sorts


def _sortable(key: str) -> Any:
    return text.sortable(F("name")) if key == "name" else F(_COLUMNS[key])
