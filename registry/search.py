"""Registered models and model versions by MLflow's filter language.

Prompts are registered models with a tag, and so is MLflow's rule: who does not ask for that tag does not see them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from lib import cursors
from lib.statements import Rows, fresh, rows
from projects.models import Project
from registry import sql
from registry.facts import ModelFacts, VersionFacts
from registry.models import Alias, RegisteredModelTag
from registry.models.registered_model import PROMPT_TAG
from search import MODEL_VERSIONS, REGISTERED_MODELS, Comparison, Kind, Order
from tracking.search import language
from tracking.search.pages import last_seen
from tracking.sql import parts
from tracking.sql.parts import Part, Sort

MAX_MODELS, MAX_VERSIONS = 1000, 200_000
# A text that is passed to a statement should stay small.
AT_ONCE = 10_000
_MODEL_COLUMNS = {"name": "m.name", "last_updated_timestamp": "m.updated_ms"}
_VERSION_COLUMNS = {
    "name": "m.name",
    "version_number": "v.number",
    "run_id": "r.uuid",
    "source_path": "v.source",
    "creation_timestamp": "v.created_ms",
    "last_updated_timestamp": "v.updated_ms",
}
_TEXTS = {"name", "run_id", "source_path"}
_NEWEST_FIRST = [
    Order(Kind.ATTRIBUTE, "last_updated_timestamp", ascending=False),
    Order(Kind.ATTRIBUTE, "name"),
    Order(Kind.ATTRIBUTE, "version_number", ascending=False),
]
_MODEL_TAGS = "registry_registeredmodeltag t WHERE t.model_id = m.id"
_VERSION_TAGS = "registry_modelversiontag t WHERE t.version_id = v.id"


@dataclass
class ModelPage:
    """Models in order; the token of the next page, or ""."""

    models: list[ModelFacts]
    next_page_token: str


@dataclass
class VersionPage:
    """Versions in order; the token of the next page, or ""."""

    versions: list[VersionFacts]
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
    conditions = [
        Part("m.project_id = %s", (project.pk,)),
        *_kind(comparisons),
        *(_condition(one, _MODEL_COLUMNS, _MODEL_TAGS) for one in _others(comparisons)),
    ]
    sorts = _sorts(language.orders(order_by, REGISTERED_MODELS), _MODEL_COLUMNS, last=[Order(Kind.ATTRIBUTE, "name")])
    asked = cursors.question("registered-models", project.pk, filter_string, list(order_by))
    select = f"SELECT {sql.MODEL}", "registry_registeredmodel m"
    found, following = _page(*select, conditions, sorts, asked=asked, most=max_results, page_token=page_token)
    page = [ModelFacts(*row[: sql.MODEL_COLUMNS]) for row in found]
    sql.add_to_models(page)
    return ModelPage(page, following)


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
    one = _model_named(project, comparisons)
    conditions = [
        *_of_which(project, comparisons, one),
        *(_condition(comparison, _VERSION_COLUMNS, _VERSION_TAGS) for comparison in _others(comparisons)),
    ]
    sorts = _sorts(
        language.orders(order_by, MODEL_VERSIONS) or _NEWEST_FIRST,
        {name: column for name, column in _VERSION_COLUMNS.items() if one is None or name != "name"},
        last=_NEWEST_FIRST[1:],
    )
    asked = cursors.question("model-versions", project.pk, filter_string, list(order_by))
    select = f"SELECT {sql.VERSION}", sql.VERSIONS
    found, following = _page(*select, conditions, sorts, asked=asked, most=max_results, page_token=page_token)
    page = [VersionFacts(*row[: sql.VERSION_COLUMNS]) for row in found]
    for start in range(0, len(page), AT_ONCE):
        sql.add_to_versions(page[start : start + AT_ONCE])
    return VersionPage(page, following)


def _of_which(project: Project, comparisons: Sequence[Comparison], one: int | None) -> list[Part]:
    """All of one model are given in order by an index of its versions."""
    if one is not None:
        return [Part("v.model_id = %s", (one,))]
    return [Part("m.project_id = %s", (project.pk,)), *_kind(comparisons)]


def _page(
    select: str,
    source: str,
    conditions: Sequence[Part],
    sorts: Sequence[Sort],
    *,
    asked: str,
    most: int,
    page_token: str,
) -> tuple[Rows, str]:
    """The rows of one page, each with its ordering values at its end; the token of the next page, or ""."""
    wanted = list(conditions)
    if page_token:
        wanted.append(parts.after(sorts, last_seen(asked, page_token, len(sorts))))
    where = parts.joined(wanted, " AND ")
    columns = ", ".join(sort.part.sql for sort in sorts)
    order = ", ".join(f"{sort.part.sql} {'ASC' if sort.ascending else 'DESC'}" for sort in sorts)
    # Of clients' texts only the values are in it.
    statement = f"{select}, {columns} FROM {source} WHERE {where.sql} ORDER BY {order} LIMIT %s"
    found = fresh(statement, (*where.values, most + 1))
    if len(found) <= most:
        return found, ""
    return found[:most], cursors.encode(asked, list(found[most - 1][-len(sorts) :]))


def _asks_for_prompts(comparisons: Sequence[Comparison]) -> bool:
    """MLflow's rule: the first comparison of the tag decides."""
    for one in comparisons:
        if _is_of_prompts(one):
            wanted = {"=": "true", "!=": "false"}.get(one.op)
            return str(one.value).lower() == wanted
    return False


def _is_of_prompts(comparison: Comparison) -> bool:
    return comparison.kind is Kind.TAG and comparison.key == PROMPT_TAG


def _kind(comparisons: Sequence[Comparison]) -> list[Part]:
    return [] if _asks_for_prompts(comparisons) else [Part("NOT m.is_prompt")]


def _others(comparisons: Sequence[Comparison]) -> Sequence[Comparison]:
    """All, the one that asks for prompts among them; otherwise those that do not speak of prompts."""
    if _asks_for_prompts(comparisons):
        return comparisons
    return [one for one in comparisons if not _is_of_prompts(one)]


# By the unique index of names in a project.
_NAMED = "SELECT id, is_prompt FROM registry_registeredmodel WHERE project_id = %s AND name = %s"


def _model_named(project: Project, comparisons: Sequence[Comparison]) -> int | None:
    """The primary key of the one model that a filter names."""
    names = [one.value for one in comparisons if one.kind is Kind.ATTRIBUTE and one.key == "name" and one.op == "="]
    found = rows(_NAMED, (project.pk, names[0])) if names else []
    return next((pk for pk, is_prompt in found if _asks_for_prompts(comparisons) or not is_prompt), None)


def _condition(comparison: Comparison, columns: dict[str, str], tags: str) -> Part:
    if comparison.kind is Kind.TAG:
        holds = parts.words("t.value", comparison)
        there = f"EXISTS (SELECT 1 FROM {tags} AND t.key = %s AND {holds.sql})"  # noqa: S608 - literals
        return Part(there, (comparison.key, *holds.values))
    check = parts.words if comparison.key in _TEXTS else parts.compared
    return check(columns[comparison.key], comparison)


def _sorts(orders: Sequence[Order], columns: dict[str, str], *, last: Sequence[Order]) -> list[Sort]:
    """By `orders`, and then by those of `last` that are not among them: together they are unique."""
    said = {order.key for order in orders}
    wanted = [*orders, *(order for order in last if order.key not in said)]
    return [Sort(Part(_sortable(order.key, columns)), order.ascending) for order in wanted if order.key in columns]


def _sortable(key: str, columns: dict[str, str]) -> str:
    return parts.by_code_point(columns[key]) if key in _TEXTS else columns[key]
