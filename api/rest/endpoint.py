"""What every endpoint of GitLab's REST v4 shares: who calls, may they, what did they send, how is it answered.

An endpoint is a class that says its method, what it needs (an `ability` in the project of its address, or `scopes`
where there is no project), its `Params`, and `handle`. It never says auth, JSON, 400, 404 or try.
"""

import re
from collections.abc import Callable
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.urls import URLPattern, re_path
from msgspec import Struct, json
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.identity import Identity
from api import auth, bodies, parsing
from api.rest import errors
from lib.errors import Forbidden, Unauthenticated
from projects import policy
from projects.models import Project
from projects.roles import Ability

FORM = "application/x-www-form-urlencoded"

_PART = re.compile(r"([:*])(\w+)")


class Nothing(Struct):
    """The parameters of an endpoint that takes none."""


class RestEndpoint:
    method: ClassVar[str]
    # One of the two: with an ability the address has a `project`, with scopes it has none.
    ability: ClassVar[Ability | None] = None
    scopes: ClassVar[tuple[str, ...]] = ()
    # Whether one who shows no token is answered too, with what is public.
    anonymous: ClassVar[bool] = False
    Params: ClassVar[type[Struct]] = Nothing

    visitor: Identity | None
    project: Project
    request: HttpRequest

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not hasattr(cls, "method"):
            raise TypeError(f"{cls.__name__} does not say its method")
        if (cls.ability is None) == (not cls.scopes):
            raise TypeError(f"{cls.__name__} must say either its ability or its scopes")

    @property
    def identity(self) -> Identity:
        """The caller. Only an `anonymous` endpoint needs to look at `visitor` instead."""
        if self.visitor is None:
            raise Unauthenticated("401 Unauthorized")
        return self.visitor

    # handle(p: Params, **captured: str): the answer, as something JSON can say, None for 204, or a response of its
    # own. `captured` are the URL's parts.
    handle: Callable[..., Any]

    def parse(self) -> Any:
        """GitLab takes parameters as query string, form or JSON."""
        if self.method in ("GET", "DELETE") or not bodies.whole(self.request):
            return parsing.from_query(self.request, self.Params)
        if (self.request.content_type or "").lower() == FORM:
            return parsing.from_pairs(QueryDict(bodies.whole(self.request), encoding="utf-8"), self.Params)
        return parsing.from_body(self.request, self.Params)

    def admit(self, identity: Identity | None, captured: dict[str, str]) -> None:
        """Lets the caller in, or raises. Takes the project out of the URL's parts."""
        self.visitor = identity
        if identity is None and not self.anonymous:
            raise Unauthenticated("401 Unauthorized")
        if self.ability is not None:
            self.project = policy.authorize(identity, self.ability, captured.pop("project"))
        elif identity is not None and identity.scopes is not None and identity.scopes.isdisjoint(self.scopes):
            wanted = " ".join(self.scopes)
            raise Forbidden(f"needs one of the scopes {wanted}", code="insufficient_scope", field=wanted)


class Address(APIView):
    """The view behind one line of the list. DRF dispatches; the endpoints do the rest."""

    endpoints: ClassVar[dict[str, type[RestEndpoint]]]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Nothing of DRF's own: callers are identified as in the other dialect, and the answer is always JSON."""

    def handle_exception(self, exc: Exception) -> HttpResponseBase:  # type: ignore[override]
        return errors.answer(exc)

    def http_method_not_allowed(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        if not any(endpoint.anonymous for endpoint in self.endpoints.values()):
            auth.require(request._request)
        return errors.wrong_method()

    def respond(self, request: Request, **captured: str) -> HttpResponseBase:
        identity = auth.identify(request._request)
        endpoint = self.endpoints["GET" if request.method == "HEAD" else request.method or ""]()
        endpoint.request = request._request
        endpoint.admit(identity, captured)
        captured = parsing.from_address(captured)
        return _answered(endpoint.method, endpoint.handle(endpoint.parse(), **captured))


def _answered(method: str, answer: Any) -> HttpResponseBase:
    if isinstance(answer, HttpResponseBase):
        return answer
    if answer is None:
        return HttpResponse(status=204)
    return response(answer, status=201 if method == "POST" else 200)


def response(answer: Any, *, status: int = 200) -> HttpResponse:
    return HttpResponse(json.encode(answer), content_type="application/json", status=status)


def route(address: str, *endpoints: type[RestEndpoint]) -> URLPattern:
    """One line of the list: an address below `/api/v4/`, and the endpoints that share it, one a method.

    `:project` in it stands for a project's id or full path (the application server has decoded `%2F` to `/`), any other
    `:name` for one segment, `*name` for everything that follows.
    """
    by_method = {endpoint.method: endpoint for endpoint in endpoints}
    methods = {endpoint.method.lower(): Address.respond for endpoint in endpoints}
    names = [*methods, "head"] if "get" in methods else [*methods]
    kind: Any = type("AddressView", (Address,), {**methods, "http_method_names": names, "endpoints": by_method})
    view: Callable[..., HttpResponseBase] = kind.as_view()
    view.endpoints = by_method  # type: ignore[attr-defined]
    return re_path(f"^{_PART.sub(_captured, address)}\\Z", view)


def _captured(part: re.Match[str]) -> str:
    """Empty segments and line breaks are let in, so that they are ours to refuse."""
    kind, name = part.groups()
    if name == "project":
        return r"(?P<project>[^/]+(?:/[^/]+)*?)"
    return rf"(?P<{name}>[\s\S]+)" if kind == "*" else f"(?P<{name}>[^/]*)"


def not_offered(request: HttpRequest) -> HttpResponse:
    return errors.not_offered()


not_offered.csrf_exempt = True  # type: ignore[attr-defined]
