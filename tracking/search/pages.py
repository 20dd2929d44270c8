"""Keyset pages: a page continues after the ordering values of the last row seen.

Unlike an offset it neither repeats nor misses a row when others are added or removed meanwhile, and the thousandth
page costs what the first did.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Expression, F, Model, Q, QuerySet

from lib import cursors
from lib.errors import InvalidInput

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Sort:
    """One ordering value. It may never be NULL (say where missing values go by a rank before it), and the last of
    a list of them must be unique."""

    expression: Expression | F
    ascending: bool = True


def keys(
    rows: QuerySet[M], sorts: Sequence[Sort], *, asked: str, max_results: int, page_token: str = ""
) -> tuple[list[int], str]:
    """The primary keys of one page in order, and the token of the next, or "" on the last page."""
    found, following = values(rows, ["pk"], sorts, asked=asked, max_results=max_results, page_token=page_token)
    return [row[0] for row in found], following


def values(
    rows: QuerySet[M],
    columns: Sequence[str],
    sorts: Sequence[Sort],
    *,
    asked: str,
    max_results: int,
    page_token: str = "",
) -> tuple[list[tuple[Any, ...]], str]:
    """The columns of one page's rows, and the token of the next page.

    `asked` is `lib.cursors.question(…)` of everything that decides what is listed.
    """
    names = [f"sort_{number}" for number in range(len(sorts))]
    rows = rows.annotate(**{name: sort.expression for name, sort in zip(names, sorts, strict=True)})
    if page_token:
        rows = rows.filter(_after(names, sorts, last_seen(asked, page_token, len(sorts))))
    order = [F(name).asc() if sort.ascending else F(name).desc() for name, sort in zip(names, sorts, strict=True)]
    found = list(rows.order_by(*order).values_list(*columns, *names)[: max_results + 1])
    page = [row[: len(columns)] for row in found[:max_results]]
    if len(found) <= max_results:
        return page, ""
    return page, cursors.encode(asked, list(found[max_results - 1][len(columns) :]))


def last_seen(asked: str, page_token: str, wanted: int) -> list[Any]:
    last = cursors.decode(asked, page_token)
    if len(last) != wanted:
        raise InvalidInput("Invalid page token", field="page_token")
    return last


def _after(names: Sequence[str], sorts: Sequence[Sort], last: Sequence[Any]) -> Q:
    """a > x, or a = x and b > y, or a = x and b = y and c > z …, with < where the order descends.

    Flat, as SQLite's parser cannot nest that deeply.
    """
    following = Q()
    for place, (name, sort) in enumerate(zip(names, sorts, strict=True)):
        same = Q(**dict(zip(names[:place], last[:place], strict=True)))
        following |= same & Q(**{f"{name}__{'gt' if sort.ascending else 'lt'}": last[place]})
    return following
