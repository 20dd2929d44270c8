"""What the service answers, read from its URL lists: one line a method and address, as docs/api.md names them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponseNotAllowed
from django.test import RequestFactory
from django.urls import get_resolver

from mlops.management.commands.routes import patterns

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Line:
    """A method of an address. A page's `endpoint` is its view."""

    method: str
    address: str
    endpoint: Any = field(hash=False, compare=False)
    name: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.address}"

    @property
    def parts(self) -> list[str]:
        return re.findall(r"<(\w+)>", self.address)


def offered() -> Iterator[Line]:
    for address, view, name in _named():
        yield from (Line(method, address, endpoint, name) for method, endpoint in _endpoints(view))


def _named() -> Iterator[tuple[str, Any, str]]:
    names = {pattern.callback: pattern.name or "" for pattern in _leaves(get_resolver())}
    for address, view in patterns(get_resolver(), ""):
        if getattr(view, "__name__", "") != "not_offered" and not address.startswith("/admin/"):
            yield address, view, names[view]


def _leaves(resolver: Any) -> Iterator[Any]:
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _leaves(pattern)
        else:
            yield pattern


def _endpoints(view: Any) -> list[tuple[str, Any]]:
    if hasattr(view, "endpoints"):
        return list(view.endpoints.items())
    if hasattr(view, "signed"):
        return [(method, view) for method in view.signed]
    # Django's own pages take any method that they know, PUT as if it were POST; a browser sends two.
    known = METHODS[:2] if hasattr(view, "view_class") else METHODS
    taken = [method for method in known if _takes(view, method)]
    # What takes everything looks at no method at all.
    return [(method, view) for method in (["GET"] if taken == list(METHODS) else taken)]


def _takes(view: Any, method: str) -> bool:
    """Asked of the view itself: whatever else it does with a visitor who has sent nothing, it is not 405."""
    request = RequestFactory().generic(method, "/")
    request.user, request._dont_enforce_csrf_checks = AnonymousUser(), True
    # Nobody looks beyond the method here: no table, no session, no part of the address is there.
    try:
        return not isinstance(view(request), HttpResponseNotAllowed)
    except Exception:  # noqa: BLE001
        return True
