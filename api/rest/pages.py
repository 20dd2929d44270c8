"""Offset pages, as GitLab hands them out: the items in the body, everything about the page in headers.

https://docs.gitlab.com/api/rest/#pagination
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, Literal, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path
from msgspec import Meta, Struct, json

from api.fields import Int64
from lib.errors import InvalidInput

M = TypeVar("M", bound=Model)

PER_PAGE, MOST_PER_PAGE = 20, 100
# Beyond this, counting would cost more than the page; GitLab leaves the totals out as well.
MOST_COUNTED = 10_000

T = TypeVar("T")


class Paged(Struct, kw_only=True):
    """What every list takes. A `per_page` above 100 counts as 100."""

    page: Annotated[int, Meta(ge=1, le=10**9)] = 1
    per_page: Annotated[int, Meta(ge=1, le=10**9)] = PER_PAGE
    pagination: Literal["offset", "keyset", "legacy"] = "offset"
    id_after: Int64 | None = None
    id_before: Int64 | None = None


class Page(HttpResponse, Generic[T]):
    """A list of `T`s, with all about the page in headers."""

    def __init__(self, shown: list[T]) -> None:
        super().__init__(json.encode(shown), content_type="application/json")


def answer(request: HttpRequest, p: Paged, rows: QuerySet[Any] | Sequence[Any], entity: Callable[[Any], T]) -> Page[T]:
    """The page that was asked for. `rows` must be ordered without ties.

    With `pagination=keyset` the order is that of ids, and nothing is counted or skipped.
    """
    size = min(p.per_page, MOST_PER_PAGE)
    if isinstance(rows, QuerySet):
        rows = _between(rows, p)
        if p.pagination == "keyset":
            return _after_the_last(request, p, rows, entity, size)
    first = (p.page - 1) * size
    found = list(rows[first : first + size + 1])
    total = rows.order_by()[: MOST_COUNTED + 1].count() if isinstance(rows, QuerySet) else len(rows)
    answered = Page([entity(row) for row in found[:size]])
    following = p.page + 1 if len(found) > size else None
    for header, value in _headers(p.page, size, following, total).items():
        answered[header] = value
    answered["Link"] = _links(request, p.page, size, following, total)
    return answered


def part(p: Paged, rows: QuerySet[M]) -> list[M]:
    """The rows of the page that was asked for, where an answer holds more than one list and has no page headers."""
    size = min(p.per_page, MOST_PER_PAGE)
    first = (p.page - 1) * size
    return list(_between(rows, p)[first : first + size])


def _between(rows: QuerySet[Any], p: Paged) -> QuerySet[Any]:
    if p.id_after is not None:
        rows = rows.filter(pk__gt=p.id_after)
    return rows if p.id_before is None else rows.filter(pk__lt=p.id_before)


def _after_the_last(
    request: HttpRequest, p: Paged, rows: QuerySet[Any], entity: Callable[[Any], T], size: int
) -> Page[T]:
    if getattr(p, "order_by", "id") not in ("id", None):
        raise InvalidInput("Keyset pagination is only available with order_by=id", status=405)
    rising = getattr(p, "sort", "asc") == "asc"
    found = list(rows.order_by("pk" if rising else "-pk")[: size + 1])
    answered = Page([entity(row) for row in found[:size]])
    answered["X-Per-Page"] = str(size)
    if len(found) > size:
        mark = "id_after" if rising else "id_before"
        asked = {key: values for key, values in request.GET.lists() if key not in ("page", mark, "private_token")}
        query = urlencode({**asked, mark: found[size - 1].pk}, doseq=True)
        answered["Link"] = f'<{settings.EXTERNAL_URL}{request.path}?{query}>; rel="next"'
    return answered


def _headers(page: int, size: int, following: int | None, total: int) -> dict[str, str]:
    told = {
        "X-Page": str(page),
        "X-Per-Page": str(size),
        "X-Next-Page": str(following or ""),
        "X-Prev-Page": str(page - 1 or ""),
    }
    if total <= MOST_COUNTED:
        told |= {"X-Total": str(total), "X-Total-Pages": str(_pages(total, size))}
    return told


def _links(request: HttpRequest, page: int, size: int, following: int | None, total: int) -> str:
    last = _pages(total, size) if total <= MOST_COUNTED else None
    pages = {"prev": page - 1 or None, "next": following, "first": 1, "last": last}
    return ", ".join(f'<{_address(request, number, size)}>; rel="{rel}"' for rel, number in pages.items() if number)


def _address(request: HttpRequest, page: int, size: int) -> str:
    asked = {key: values for key, values in request.GET.lists() if key not in ("page", "per_page", "private_token")}
    query = urlencode({**asked, "page": page, "per_page": size}, doseq=True)
    return f"{settings.EXTERNAL_URL}{escape_uri_path(request.path)}?{query}"


def _pages(total: int, size: int) -> int:
    return max(1, -(-total // size))
