"""Registered models and model versions by MLflow's filter language.

Prompts are registered models with a tag, and so is MLflow's rule: who does not ask for that tag does not see them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q

from lib import cursors
from projects.models import Project
from registry import latest
from registry.models import (
    Alias,
    ModelVersion,
    ModelVersionTag,
    RegisteredModel,
    RegisteredModelTag,
)
from registry.models.registered_model import PROMPT_TAG
from search import MODEL_VERSIONS, REGISTERED_MODELS, Comparison, Kind, Order
from tracking.search import language, text
from tracking.search.pages import Sort, keys

MAX_MODELS, MAX_VERSIONS = 1000, 200_000
# A statement takes at most 32,766 values on some builds of SQLite.
AT_ONCE = 10_000
_MODEL_COLUMNS = {"name": "name", "last_updated_timestamp": "updated_ms"}
_VERSION_COLUMNS = {
    "name": "model__name",
    "version_number": "number",
    "run_id": "run__uuid",
    "source_path": "source",
    "creation_timestamp": "created_ms",
    "last_updated_timestamp": "updated_ms",
}
_TEXTS = {"name", "model__name", "run__uuid", "source"}
_LOOKUPS = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte", "=": "exact"}
_NEWEST_FIRST = [
    Order(Kind.ATTRIBUTE, "last_updated_timestamp", ascending=False),
    Order(Kind.ATTRIBUTE, "name"),
    Order(Kind.ATTRIBUTE, "version_number", ascending=False),
]


@dataclass
class ModelPage:
    """Models in order, with tags and aliases loaded; their latest versions by primary key (`registry.latest.of`); the
    token of the next page, or ""."""

    models: list[RegisteredModel]
    latest: dict[int, list[ModelVersion]]
    next_page_token: str


@dataclass
class VersionPage:
    """Versions in order, `with_details()`; the token of the next page, or ""."""

    versions: list[ModelVersion]
    next_page_token: str


def models(
    project: Project,
    *,
    filter_string: str = "",
    order_by: Sequence[str] = (),
    max_results: int = 100,
    page_token: str = "",
) -> ModelPage:
    """The project's models that match, or its prompts when the filter asks for them; by name unless `order_by` says
    otherwise.

    InvalidInput for a filter or order that is not MLflow's, and for a page token of another search.
    """
    comparisons = language.comparisons(filter_string, REGISTERED_MODELS)
    rows = RegisteredModel.objects.filter(project=project)
    rows, comparisons = (rows, comparisons) if _asks_for_prompts(comparisons) else (rows.models(), _others(comparisons))
    tags = RegisteredModelTag.objects.filter(model=OuterRef("pk"))
    for comparison in comparisons:
        rows = rows.filter(_condition(comparison, _MODEL_COLUMNS, tags))
    sorts = _sorts(language.orders(order_by, REGISTERED_MODELS), _MODEL_COLUMNS, last=[Order(Kind.ATTRIBUTE, "name")])
    asked = cursors.question("registered-models", project.pk, filter_string, list(order_by))
    found, following = keys(rows, sorts, asked=asked, max_results=max_results, page_token=page_token)
    by_key = with_details(project).in_bulk(found)
    page = [by_key[pk] for pk in found if pk in by_key]
    return ModelPage(page, latest.of(page), following)


def with_details(project: Project) -> Any:
    """Models with tags and aliases loaded."""
    return project.registered_models.prefetch_related(
        Prefetch("tags", RegisteredModelTag.objects.order_by("key")),
        Prefetch("aliases", Alias.objects.select_related("version").order_by("name")),
    )


def versions(
    project: Project,
    *,
    filter_string: str = "",
    order_by: Sequence[str] = (),
    max_results: int = 10_000,
    page_token: str = "",
) -> VersionPage:
    """The versions of the project's models that match, or those of prompts when the filter asks for them; the last
    changed first unless `order_by` says otherwise. InvalidInput as in `models`."""
    comparisons = language.comparisons(filter_string, MODEL_VERSIONS)
    rows = ModelVersion.objects.filter(model__project=project)
    if not _asks_for_prompts(comparisons):
        rows, comparisons = rows.of_models(), _others(comparisons)
    tags = ModelVersionTag.objects.filter(version=OuterRef("pk"))
    one = _model_named(project, comparisons)
    if one is not None:
        # All are of one model: an index of its versions gives them in order.
        rows = ModelVersion.objects.filter(model=one)
    for comparison in comparisons:
        rows = rows.filter(_condition(comparison, _VERSION_COLUMNS, tags))
    sorts = _sorts(
        language.orders(order_by, MODEL_VERSIONS) or _NEWEST_FIRST,
        {name: column for name, column in _VERSION_COLUMNS.items() if one is None or name != "name"},
        last=_NEWEST_FIRST[1:],
    )
    asked = cursors.question("model-versions", project.pk, filter_string, list(order_by))
    found, following = keys(rows, sorts, asked=asked, max_results=max_results, page_token=page_token)
    return VersionPage(_loaded(found), following)


def _loaded(found: list[int]) -> list[ModelVersion]:
    """Four queries for every 10,000 versions."""
    page: list[ModelVersion] = []
    for start in range(0, len(found), AT_ONCE):
        some = found[start : start + AT_ONCE]
        by_key = ModelVersion.objects.with_details().in_bulk(some)
        page += [by_key[pk] for pk in some if pk in by_key]
    return page


def _asks_for_prompts(comparisons: Sequence[Comparison]) -> bool:
    """MLflow's rule: the first comparison of the tag decides."""
    for one in comparisons:
        if _is_of_prompts(one):
            wanted = {"=": "true", "!=": "false"}.get(one.op)
            return str(one.value).lower() == wanted
    return False


def _is_of_prompts(comparison: Comparison) -> bool:
    return comparison.kind is Kind.TAG and comparison.key == PROMPT_TAG


def _others(comparisons: Sequence[Comparison]) -> list[Comparison]:
    return [one for one in comparisons if not _is_of_prompts(one)]


def _model_named(project: Project, comparisons: Sequence[Comparison]) -> int | None:
    """The primary key of the one model that a filter names."""
    names = [one.value for one in comparisons if one.kind is Kind.ATTRIBUTE and one.key == "name" and one.op == "="]
    rows = project.registered_models.filter(name=names[0]) if names else project.registered_models.none()
    if not _asks_for_prompts(comparisons):
        rows = rows.models()
    return rows.values_list("pk", flat=True).first()


def _condition(comparison: Comparison, columns: dict[str, str], tags: Any) -> Q:
    if comparison.kind is Kind.TAG:
        return Q(Exists(tags.filter(text.condition("value", comparison), key=comparison.key)))
    column = columns[comparison.key]
    if column in _TEXTS:
        return text.condition(column, comparison)
    if comparison.op == "!=":
        return ~Q(**{column: comparison.value})
    return Q(**{f"{column}__{_LOOKUPS[comparison.op]}": comparison.value})


def _sorts(orders: Sequence[Order], columns: dict[str, str], *, last: Sequence[Order]) -> list[Sort]:
    """By `orders`, and then by those of `last` that are not among them: together they are unique."""
    said = {order.key for order in orders}
    wanted = [*orders, *(order for order in last if order.key not in said)]
    return [Sort(_sortable(columns[order.key]), order.ascending) for order in wanted if order.key in columns]


def _sortable(column: str) -> Any:
    return text.sortable(F(column)) if column in _TEXTS else F(column)
