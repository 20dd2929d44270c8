"""Keyset pages, as GitLab hands them out with `pagination=keyset`: no totals, and a `Link` to what follows.

A page continues after the last row of the one before, so it neither repeats nor misses one while others write, and the
thousandth costs what the first did. https://docs.gitlab.com/api/rest/#keyset-based-pagination
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.encoding import escape_uri_path

from api.rest import pages
from api.rest.pages import Page
from lib import cursors
from lib.errors import InvalidInput
from tracking.search.pages import Sort, keys

# What does not decide which rows are listed, and in which order.
_NO_QUESTION = ("cursor", "page", "per_page", "private_token")

T = TypeVar("T")


class Paged(pages.Paged, kw_only=True):
    """Offset pages, unless the other kind is asked for. A `cursor` is what a `Link` brought."""

    pagination: Literal["offset", "keyset"] = "offset"
    cursor: str = ""


def answer(
    request: HttpRequest, p: Paged, rows: QuerySet[Any], order: Sequence[Sort], entity: Callable[[Any], T]
) -> Page[T]:
    """The page that was asked for, in the order `order`, which ends in something unique."""
    if p.pagination == "keyset" or p.cursor:
        return _following(request, p, rows, order, entity)
    sorts = [sort.expression.asc() if sort.ascending else sort.expression.desc() for sort in order]
    return pages.answer(request, p, rows.order_by(*sorts), entity)


def _following(
    request: HttpRequest, p: Paged, rows: QuerySet[Any], order: Sequence[Sort], entity: Callable[[Any], T]
) -> Page[T]:
    size = min(p.per_page, pages.MOST_PER_PAGE)
    asked = cursors.question(request.path, sorted(_question(request).items()))
    try:
        found, following = keys(rows, order, asked=asked, max_results=size, page_token=p.cursor)
    except InvalidInput:
        if not p.cursor:
            raise
        raise InvalidInput("was not handed out for this list, filter and order", field="cursor") from None
    by_key = rows.in_bulk(found)
    answered = Page([entity(by_key[pk]) for pk in found if pk in by_key])
    answered["X-Per-Page"], answered["X-Next-Cursor"] = str(size), following
    if following:
        query = urlencode({**_question(request), "per_page": size, "cursor": following}, doseq=True)
        answered["Link"] = f'<{settings.EXTERNAL_URL}{escape_uri_path(request.path)}?{query}>; rel="next"'
    return answered


def _question(request: HttpRequest) -> dict[str, list[Any]]:
    return {key: values for key, values in request.GET.lists() if key not in _NO_QUESTION}
