"""The operations there are: each endpoint of both URL lists, with its address as OpenAPI writes it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver
from django.utils.regex_helper import normalize

from api.rest.endpoint import RestEndpoint

_PART = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, eq=False)
class Operation:
    """`address` starts with `/api/v4/` and has `{parts}`; `endpoint` is one class of either dialect."""

    address: str
    method: str
    endpoint: Any

    def __str__(self) -> str:
        return f"{self.method} {self.address}"

    @property
    def is_rest(self) -> bool:
        return issubclass(self.endpoint, RestEndpoint)

    @property
    def parts(self) -> list[str]:
        return re.findall(r"\{(\w+)\}", self.address)

    @property
    def name(self) -> str:
        """Unique: clients that are generated call their functions so."""
        return f"{'' if self.is_rest else 'Mlflow'}{self.endpoint.__name__}"

    @property
    def asks_in_its_query(self) -> bool:
        """Where its `Params` stand. What takes a file has them there as well."""
        bodiless = ("GET", "HEAD", "DELETE") if self.is_rest else ("GET", "HEAD")
        return self.method in bodiless or bool(self.endpoint.takes)

    @property
    def has_a_body(self) -> bool:
        return self.method not in ("GET", "HEAD") and (not self.is_rest or self.method != "DELETE")


@cache
def operations() -> tuple[Operation, ...]:
    """In the order of the lists. `ajax-api` and `3.0`, which are other names of the same, are left out."""
    from api import urls

    return tuple(_below(urls.urlpatterns, "/api/v4/"))


def _below(patterns: list[Any], prefix: str) -> Iterator[Operation]:
    for pattern in patterns:
        address = prefix + _PART.sub(r"{\1}", normalize(pattern.pattern.regex.pattern)[0][0])
        if isinstance(pattern, URLResolver):
            yield from _below(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            for method, endpoint in getattr(pattern.callback, "endpoints", {}).items():
                yield Operation(address, method, endpoint)
