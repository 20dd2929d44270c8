"""What every endpoint of GitLab's REST v4 shares: who calls, may they, what did they send, how is it answered.

An endpoint is a class that says its method, what it needs (an `ability` in the project or group of its address, or
`scopes` where there is neither), its `Params`, and `handle`. It never says auth, JSON, 400, 404 or try.

All of it is described to the world by `api/openapi`: the first sentence of its docstring, `Params`, and the type that
`handle` says it returns.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any, ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.urls import URLPattern, re_path
from msgspec import Struct, json
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts import throttles
from accounts.identity import Identity
from api import auth, bodies, parsing
from api.rest import errors, preconditions
from lib.errors import Forbidden, NotFound, Unauthenticated
from projects import policy
from projects.models import Namespace, Project
from projects.roles import Ability, GroupAbility

# What an upload may be refused with: it fell silent, is larger than a file may be, or there is no room for it.
TOO_MUCH = (408, 413, 507)

FORM = "application/x-www-form-urlencoded"
_WITH_PATHS = ("project", "group", "namespace")

# Bytes, of the type that the file has.
File = Annotated[HttpResponseBase, "*/*"]
Zip = Annotated[HttpResponseBase, "application/zip"]

_PART = re.compile(r"([:*])(\w+)")


class Nothing(Struct):
    """The parameters of an endpoint that takes none."""


class RestEndpoint:
    method: ClassVar[str]
    # One of the three: with an ability the address has a `project` or a `group`, with scopes it has neither.
    ability: ClassVar[Ability | None] = None
    group_ability: ClassVar[GroupAbility | None] = None
    scopes: ClassVar[tuple[str, ...]] = ()
    # Whether one who shows no token is answered too, with what is public.
    anonymous: ClassVar[bool] = False
    # Whether it is for administrators alone.
    admin: ClassVar[bool] = False
    # Whether a revoked token that comes here shows that it is in two hands.
    rotates: ClassVar[bool] = False
    Params: ClassVar[type[Struct]] = Nothing
    # With which status it answers; 0: 204 where `handle` gives nothing, 201 for POST, else 200.
    status: ClassVar[int] = 0
    # What it answers by status, where that is more than one, or more than the type that `handle` returns can say.
    answers: ClassVar[Mapping[int, Any]] = MappingProxyType({})
    # The content type of its body where that is not JSON or a form.
    takes: ClassVar[str] = ""
    # With which statuses it refuses beyond those that all may refuse with (`api/openapi/refusals.py`).
    refuses: ClassVar[tuple[int, ...]] = ()

    visitor: Identity | None
    project: Project
    group: Namespace
    request: HttpRequest

    def __init_subclass__(cls, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if abstract:
            return
        if not hasattr(cls, "method"):
            raise TypeError(f"{cls.__name__} does not say its method")
        if sum((cls.ability is not None, cls.group_ability is not None, bool(cls.scopes))) != 1:
            raise TypeError(f"{cls.__name__} must say either its ability or its scopes")

    @property
    def identity(self) -> Identity:
        """The caller. Only an `anonymous` endpoint needs to look at `visitor` instead."""
        if self.visitor is None:
            raise Unauthenticated("401 Unauthorized")
        return self.visitor

    @property
    def place(self) -> Project | Namespace:
        """For what projects and groups have alike."""
        return self.project if self.ability else self.group

    def addressed(self, captured: dict[str, str]) -> str | None:
        """What the address says of the place; None where none is looked up."""
        if self.ability is not None:
            return captured.get("project")
        return captured.get("group") if self.group_ability is not None else None

    def find(self, **captured: str) -> dict[str, str]:
        """Looks up what the address names, before anything else is said about the request. The parts that are left."""
        return captured

    def changed_at(self, **captured: str) -> datetime | None:
        """When what a DELETE would delete was changed last, for `If-Unmodified-Since`; None where that is not kept."""
        return None

    # handle(p: Params, **captured: str) -> …: the answer, as something JSON can say, None for 204, or a response of its
    # own. `captured` are the URL's parts. The type it is annotated with is what the description says: a TypedDict of
    # `entities`, `pages.Page` of one, or `File`.
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
        elif self.group_ability is not None:
            self.group = policy.authorize_group(identity, self.group_ability, captured.pop("group"))
        elif identity is not None and identity.scopes is not None and identity.scopes.isdisjoint(self.scopes):
            wanted = " ".join(self.scopes)
            raise Forbidden(f"needs one of the scopes {wanted}", code="insufficient_scope", field=wanted)
        if self.admin and not self.identity.user.is_admin:
            raise Forbidden("403 Forbidden")


class Address(APIView):
    """The view behind one line of the list. DRF dispatches; the endpoints do the rest."""

    endpoints: ClassVar[dict[str, type[RestEndpoint]]]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Nothing of DRF's own: callers are identified as in the other dialect, and the answer is always JSON."""

    def handle_exception(self, exc: Exception) -> HttpResponseBase:  # type: ignore[override]
        return errors.answer(exc)

    def http_method_not_allowed(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        if not any(endpoint.anonymous for endpoint in self.endpoints.values()):
            auth.require(request._request, door=throttles.API)
        return errors.wrong_method()

    def respond(self, request: Request, **captured: str) -> HttpResponseBase:
        endpoint = self.endpoints["GET" if request.method == "HEAD" else request.method or ""]()
        identity = auth.identify(request._request, door=throttles.API, to_rotate=endpoint.rotates)
        endpoint.request = request._request
        address = endpoint.addressed(captured)
        endpoint.admit(identity, captured)
        if address is not None and policy.has_moved(endpoint.place, address):
            return _moved(request._request, endpoint.place, address)
        captured = endpoint.find(**parsing.from_address(captured))
        if endpoint.method == "DELETE" and preconditions.is_conditional(endpoint.request):
            preconditions.check(endpoint.request, endpoint.changed_at(**captured))
        return _answered(endpoint, endpoint.handle(endpoint.parse(), **captured))


def _answered(endpoint: RestEndpoint, answer: Any) -> HttpResponseBase:
    if isinstance(answer, HttpResponseBase):
        return answer
    if answer is None:
        return HttpResponse(status=endpoint.status or 204)
    return response(answer, status=endpoint.status or (201 if endpoint.method == "POST" else 200))


def _moved(request: HttpRequest, place: Project | Namespace, address: str) -> HttpResponse:
    """As in GitLab: who reads by a former path is sent on to the id, and nothing is written by one.

    Libraries follow a redirected POST as a GET, so it would be lost without a word.
    """
    if request.method not in ("GET", "HEAD"):
        return errors.moved_for_reading_alone("projects" if isinstance(place, Project) else "groups")
    above, _, below = request.get_full_path().partition(f"/{address}")
    answer = response({"message": "301 Moved Permanently"}, status=301)
    answer["Location"] = f"{settings.EXTERNAL_URL}{above}/{place.pk}{below}"
    answer["Cache-Control"] = "no-store"  # somebody else may take the path
    return answer


def response(answer: Any, *, status: int = 200) -> HttpResponse:
    return HttpResponse(json.encode(answer), content_type="application/json", status=status)


def route(address: str, *endpoints: type[RestEndpoint]) -> URLPattern:
    """One line of the list: an address below `/api/v4/`, and the endpoints that share it, one a method.

    `:project`, `:group` and `:namespace` in it stand for an id or full path (the application server has decoded `%2F`
    to `/`), any other `:name` for one segment, `*name` for everything that follows.
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
    if name in _WITH_PATHS:
        return rf"(?P<{name}>[^/]+(?:/[^/]+)*?)"
    return rf"(?P<{name}>[\s\S]+)" if kind == "*" else f"(?P<{name}>[^/]*)"


def number(text: str, missing: str = "404 Not found") -> int:
    """An id in an address. NotFound with the text `missing` when it cannot be one."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotFound(missing)
    return int(text)


def for_both(
    kind: type[RestEndpoint], ability: Ability, group_ability: GroupAbility
) -> tuple[type[RestEndpoint], type[RestEndpoint]]:
    """What projects and groups have alike, as an endpoint of each."""
    name, about = kind.__name__.lstrip("_"), {"__doc__": kind.__doc__, "__module__": kind.__module__}
    return (
        type(f"{name}OfProject", (kind,), {**about, "ability": ability}),
        type(f"{name}OfGroup", (kind,), {**about, "group_ability": group_ability}),
    )


def not_offered(request: HttpRequest) -> HttpResponse:
    return errors.not_offered()


not_offered.csrf_exempt = True  # type: ignore[attr-defined]
