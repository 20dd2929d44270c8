"""Runs by MLflow's filter language.

Every comparison with a metric, param or tag is a semi-join on an index that covers it (experiment, key, value, run), so
that it is answered by one range of that index alone: SQLite keeps each range's runs in a tree and looks up what is in
all of them, PostgreSQL joins them by hash. Only what matches all is looked up in the table of runs. Ordering joins its
one row by primary key.
"""

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from lib import cursors
from lib.errors import InvalidInput
from lib.statements import fresh
from projects.models import Project
from search import RUNS, Comparison, Kind, Order
from tracking import whole_runs
from tracking.models import Run, RunStatus
from tracking.models.experiment import parse_iid
from tracking.models.text import HEAD, split
from tracking.search import language
from tracking.search.pages import last_seen
from tracking.services import metric_keys
from tracking.sql import parts, reads
from tracking.sql.parts import NEVER, Part, Sort
from tracking.whole_runs import WholeRun

MAX_RESULTS = 50_000
_KEYED = (Kind.METRIC, Kind.PARAM, Kind.TAG)
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
    experiments = reads.experiment_keys(project.pk, [parse_iid(one) for one in experiment_ids])
    comparisons = language.comparisons(filter_string, RUNS)
    joins, sorts = _sorted(project, language.orders(order_by, RUNS))
    # A plus keeps SQLite from entering by all runs of a project, or of an experiment where few of them match.
    own = "+r.experiment_id" if any(one.kind in _KEYED for one in comparisons) else "r.experiment_id"
    conditions = [
        Part("+r.project_id = %s", (project.pk,)),
        parts.one_of_keys(own, experiments),
        _lifecycle(view_type),
        *(_condition(project, experiments, comparison) for comparison in comparisons),
    ]
    asked = cursors.question("runs", project.pk, sorted(experiments), filter_string, list(order_by), view_type)
    if page_token:
        conditions.append(parts.after(sorts, last_seen(asked, page_token, len(sorts))))
    return _page(joins, conditions, sorts, asked=asked, max_results=max_results) if experiments else ([], "")


def _page(
    joins: Sequence[Part], conditions: Sequence[Part], sorts: Sequence[Sort], *, asked: str, max_results: int
) -> tuple[list[int], str]:
    columns, source = parts.joined([sort.part for sort in sorts], ", "), parts.joined(joins, " ")
    where = parts.joined(conditions, " AND ")
    order = ", ".join(f"{place} {'ASC' if sort.ascending else 'DESC'}" for place, sort in enumerate(sorts, 2))
    # Of clients' texts only the values are in it.
    statement = (
        f"SELECT r.id, {columns.sql} FROM tracking_run r {source.sql} WHERE {where.sql} "  # noqa: S608
        f"ORDER BY {order} LIMIT %s"
    )
    found = fresh(statement, (*columns.values, *source.values, *where.values, max_results + 1))
    keys = [row[0] for row in found[:max_results]]
    return keys, cursors.encode(asked, list(found[max_results - 1][1:])) if len(found) > max_results else ""


def _lifecycle(view_type: str) -> Part:
    match view_type:
        case "ACTIVE_ONLY":
            return Part("r.deleted_at IS NULL")
        case "DELETED_ONLY":
            return Part("r.deleted_at IS NOT NULL")
        case "ALL":
            return Part("1 = 1")
    raise InvalidInput(f"Invalid value for parameter 'run_view_type': one of {', '.join(VIEW_TYPES)}")


def _condition(project: Project, experiments: Sequence[int], comparison: Comparison) -> Part:
    match comparison.kind:
        case Kind.METRIC:
            return _metric(project, experiments, comparison)
        case Kind.PARAM:
            return _keyed("tracking_param", experiments, comparison)
        case Kind.TAG:
            return _keyed("tracking_tag", experiments, comparison)
        case Kind.DATASET:
            return _dataset(comparison)
    return _attribute(comparison)


_HOLDS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
}


def _metric(project: Project, experiments: Sequence[int], comparison: Comparison) -> Part:
    """A NaN is unequal to every number and neither above nor below any. It is kept as 0, so that it must be asked about
    only where a 0 would do as well."""
    key = metric_keys.number(project.pk, comparison.key)
    if key is None:
        return NEVER
    holds = parts.compared("value", comparison)
    if comparison.op == "!=":
        holds = Part(f"({holds.sql} OR is_nan)", holds.values)
    elif _HOLDS[comparison.op](0.0, cast(float, comparison.value)):
        holds = Part(f"{holds.sql} AND NOT is_nan", holds.values)
    return _among("tracking_latestmetric", experiments, Part("key_id = %s", (key,)), holds)


def _among(table: str, experiments: Sequence[int], key: Part, holds: Part) -> Part:
    where = parts.joined([parts.one_of_keys("experiment_id", experiments), key, holds], " AND ")
    return Part(f"r.id IN (SELECT run_id FROM {table} WHERE {where.sql})", where.values)  # noqa: S608


def _keyed(table: str, experiments: Sequence[int], comparison: Comparison) -> Part:
    there = f"EXISTS (SELECT 1 FROM {table} x WHERE x.run_id = r.id AND x.key = %s)"  # noqa: S608
    if comparison.op in ("IS NULL", "IS NOT NULL"):
        return Part(f"NOT {there}" if comparison.op == "IS NULL" else there, (comparison.key,))
    return _among(table, experiments, Part("key = %s", (comparison.key,)), _value(comparison))


def _value(comparison: Comparison) -> Part:
    """A value that ends before its head does has no rest, and the index alone knows."""
    if comparison.op not in ("=", "!="):
        return parts.words("head || rest", comparison)
    head, rest = split(cast(str, comparison.value))
    same = Part("head = %s AND rest = %s", (head, rest)) if len(head) == HEAD else Part("head = %s", (head,))
    return same if comparison.op == "=" else parts.negated(same)


def _dataset(comparison: Comparison) -> Part:
    column = {"name": "d.name", "digest": "d.digest", "context": "i.context"}[comparison.key]
    holds = parts.words(column, comparison)
    # Where no context was given there is none that could be another than the one asked for.
    given = " AND i.context <> ''" if comparison.key == "context" else ""
    inputs = "SELECT i.run_id FROM tracking_datasetinput i JOIN tracking_dataset d ON d.id = i.dataset_id"
    return Part(f"r.id IN ({inputs} WHERE {holds.sql}{given})", holds.values)


# Where the files of a run lie, as `Run.artifact_uri` says; the experiment is looked up by primary key.
_ARTIFACT_URI = """
    (SELECT CASE WHEN e.location = '' THEN 'mlflow-artifacts:/' || CAST(e.iid AS text) ELSE e.location END
     FROM tracking_experiment e WHERE e.id = r.experiment_id) || '/' || r.uuid || '/artifacts'
"""
_COLUMNS = {
    "run_id": "r.uuid",
    "run_name": "r.name",
    "user_id": "r.user_name",
    "artifact_uri": f"({_ARTIFACT_URI})",
    "start_time": "r.start_time",
    "end_time": "r.end_time",
}


def _attribute(comparison: Comparison) -> Part:
    if comparison.key == "status":
        return _status(comparison)
    check = parts.compared if comparison.key in ("start_time", "end_time") else parts.words
    return check(_COLUMNS[comparison.key], comparison)


def _status(comparison: Comparison) -> Part:
    """There are five: the comparison is made with each of their names."""
    wanted = str(comparison.value)
    if comparison.op in ("LIKE", "ILIKE"):
        pieces = (".*" if c == "%" else "." if c == "_" else re.escape(c) for c in wanted)
        pattern = re.compile("".join(pieces), re.IGNORECASE if comparison.op == "ILIKE" else 0)
        matching = [int(status) for status in RunStatus if pattern.fullmatch(status.name)]
    else:
        matching = [int(status) for status in RunStatus if (status.name == wanted) == (comparison.op == "=")]
    return parts.one_of("r.status", matching)


def _sorted(project: Project, orders: Sequence[Order]) -> tuple[list[Part], list[Sort]]:
    joins: list[Part] = []
    sorts: list[Sort] = []
    for place, order in enumerate(orders):
        if order.kind is Kind.ATTRIBUTE:
            sorts += _by_attribute(order)
        else:
            joins.append(_join(project, order, f"o{place}"))
            sorts += _by_key(order, f"o{place}")
    if not any(order.kind is Kind.ATTRIBUTE and order.key == "start_time" for order in orders):
        sorts.append(Sort(Part("r.start_time"), ascending=False))
    return joins, [*sorts, Sort(Part(parts.by_code_point("r.uuid")))]


def _join(project: Project, order: Order, alias: str) -> Part:
    if order.kind is Kind.METRIC:
        # No number is -1: a name that nobody has logged is missing everywhere.
        key = metric_keys.number(project.pk, order.key)
        on = f"ON {alias}.run_id = r.id AND {alias}.key_id = %s"
        return Part(f"LEFT JOIN tracking_latestmetric {alias} {on}", (-1 if key is None else key,))
    table = "tracking_param" if order.kind is Kind.PARAM else "tracking_tag"
    return Part(f"LEFT JOIN {table} {alias} ON {alias}.run_id = r.id AND {alias}.key = %s", (order.key,))


def _by_key(order: Order, alias: str) -> list[Sort]:
    """NaN and what is missing are last both ways."""
    if order.kind is Kind.METRIC:
        rank = f"CASE WHEN {alias}.run_id IS NULL THEN 2 WHEN {alias}.is_nan THEN 1 ELSE 0 END"
        value = f"COALESCE({alias}.value, 0.0)"
    else:
        rank = f"CASE WHEN {alias}.run_id IS NULL THEN 2 ELSE 0 END"
        value = parts.by_code_point(f"COALESCE({alias}.head || {alias}.rest, '')")
    return [Sort(Part(rank)), Sort(Part(value), order.ascending)]


def _by_attribute(order: Order) -> list[Sort]:
    match order.key:
        case "start_time":
            return [Sort(Part("r.start_time"), order.ascending)]
        case "end_time":
            missing = Sort(Part("CASE WHEN r.end_time IS NULL THEN 1 ELSE 0 END"))
            return [missing, Sort(Part("COALESCE(r.end_time, 0)"), order.ascending)]
        case "status":
            names = sorted(RunStatus, key=lambda status: status.name)
            whens = " ".join(f"WHEN {int(status)} THEN {place}" for place, status in enumerate(names))
            return [Sort(Part(f"CASE r.status {whens} ELSE 9 END"), order.ascending)]
    return [Sort(Part(parts.by_code_point(_COLUMNS[order.key])), order.ascending)]
