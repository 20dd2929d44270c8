"""`manage.py routes`: every address that is answered, as the Markdown of docs/api.md."""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.admindocs.views import simplify_regex
from django.core.management.base import BaseCommand
from django.urls import URLPattern, get_resolver

HEAD = """# Every address

Every address that is answered, written by `manage.py routes`; the test suite fails when it is stale. `ajax-api` is
offered wherever `api` is, and `3.0` wherever `2.0` is; the administration at `/admin/` is Django's.

| method | address | needs | what |
|---|---|---|---|
"""


class Command(BaseCommand):
    help = "Prints docs/api.md."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(markdown(), ending="")


def markdown() -> str:
    rows = dict.fromkeys(row for address, view in patterns(get_resolver(), "") for row in _rows(address, view))
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def patterns(resolver: Any, above: str) -> Iterator[tuple[str, Any]]:
    """(address as people read it, view) of everything but the administration."""
    for pattern in resolver.url_patterns:
        address = above + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield _readable(address), pattern.callback
        elif pattern.app_name != "admin":
            yield from patterns(pattern, address)


def _readable(address: str) -> str:
    address = address.replace("(?:ajax-)?", "").replace("[23]", "2").replace("(?:/[^/]+)*?", "").replace("\\.", ".")
    address = address.replace("(?:/[^/]+)*", "").replace("(?s:.*)", "[^/]+")
    address = re.sub(r"<\w+:(\w+)>", r"<\1>", address)
    return "/" + simplify_regex(address).lstrip("/")


def _rows(address: str, view: Any) -> Iterator[tuple[str, str, str, str]]:
    if getattr(view, "__name__", "") == "not_offered":
        return
    endpoints = getattr(view, "endpoints", None)
    if hasattr(view, "signed"):
        yield from ((method, f"`{address}`", _needs(view), _about(view)) for method in view.signed)
        return
    if endpoints is None:
        yield "page", f"`{address}`", _needs(view), _about(view)
        return
    for method, endpoint in endpoints.items():
        yield method, f"`{address}`", _needs(endpoint), _about(endpoint)


def _needs(view: Any) -> str:
    """Pages say `own` where signing in is all that they ask for; REST's endpoints say whether they want a token."""
    if hasattr(view, "signed"):
        return "a signed address"
    ability = getattr(view, "ability", None)
    if ability is None:
        return "nothing" if getattr(view, "anonymous", True) else "a token"
    return "signing in" if ability == "own" else f"`{ability}`"


def _about(view: Any) -> str:
    """The first sentence of what it says about itself, or its name."""
    named = getattr(view, "view_class", view)
    if not named.__doc__:
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", named.__name__).replace("_", " ")
        return f"{words.capitalize()}."
    said = " ".join(named.__doc__.strip().split("\n\n")[0].split())
    return re.split(r"(?<=[.!?])\s", said, maxsplit=1)[0].replace("|", "\\|")
