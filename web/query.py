"""What a query string asks. Rubbish in it means the default, never an error."""

from collections.abc import Collection
from typing import TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

M = TypeVar("M", bound=Model)
_LONGEST = 10_000


def text(request: HttpRequest, name: str, *, longest: int = _LONGEST) -> str:
    """Without NUL, which PostgreSQL has no place for."""
    return request.GET.get(name, "").replace("\x00", "")[:longest].strip()


def texts(request: HttpRequest, name: str, *, most: int) -> list[str]:
    given = (value.replace("\x00", "")[:_LONGEST].strip() for value in request.GET.getlist(name)[:most])
    return list(dict.fromkeys(value for value in given if value))


def choice(request: HttpRequest, name: str, offered: Collection[str], *, default: str) -> str:
    given = request.GET.get(name, "")
    return given if given in offered else default


def link(request: HttpRequest, **changes: str | list[str] | None) -> str:
    """This page's own query string with some of its names changed, or dropped where None."""
    wanted = request.GET.copy()
    for name, value in changes.items():
        wanted.pop(name, None)
        if value is not None:
            wanted.setlist(name, value if isinstance(value, list) else [value])
    return f"?{wanted.urlencode()}"


def numbered_page(request: HttpRequest, rows: "QuerySet[M]", size: int) -> "Page[M]":
    """The page that `page` names; the nearest there is for a number beyond the last."""
    return Paginator(rows, size).get_page(request.GET.get("page", "")[:9])
