"""What every endpoint of MLflow's API shares: who calls, may they, what did they send, how is it answered.

An endpoint is a class that says its method, the ability it needs, its `Params`, and `handle`. It never says auth,
JSON, 400, 404 or try.
"""

from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from msgspec import Struct, json

from accounts import throttles
from accounts.identity import Identity
from api import auth, parsing
from api.mlflow import errors
from lib.errors import Conflict, Refusal
from projects import policy
from projects.models import Project
from projects.roles import Ability, Feature


class Nothing(Struct):
    """The parameters of an endpoint that takes none."""


class MlflowEndpoint:
    method: ClassVar[str]
    ability: ClassVar[Ability]
    Params: ClassVar[type[Struct]] = Nothing
    # The content type of its body where that is not JSON.
    takes: ClassVar[str] = ""
    # Whether it answers when ARTIFACTS_MODE is `artifacts-only`.
    serves_files: ClassVar[bool] = False

    identity: Identity
    project: Project
    request: HttpRequest

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for needed in ("method", "ability"):
            if not hasattr(cls, needed):
                raise TypeError(f"{cls.__name__} does not say its {needed}")

    # handle(p: Params, **captured: str): the answer, as something JSON can say or as a response of its own.
    # `captured` are the URL's parts.
    handle: Callable[..., Any]

    def parse(self) -> Any:
        if self.method in ("GET", "HEAD"):
            return parsing.from_query(self.request, self.Params)
        return parsing.from_body(self.request, self.Params)


def route(address: str, *endpoints: type[MlflowEndpoint]) -> URLPattern:
    """One line of the list: an address below `…/mlflow/`, and the endpoints that share it, one a method."""
    by_method = {endpoint.method: endpoint for endpoint in endpoints}
    view = _view(by_method)
    view.csrf_exempt = True  # type: ignore[attr-defined]
    view.endpoints = by_method  # type: ignore[attr-defined]
    return path(address, view)


def _view(by_method: dict[str, type[MlflowEndpoint]]) -> Callable[..., HttpResponseBase]:
    def view(request: HttpRequest, project: str, **captured: str) -> HttpResponseBase:
        try:
            return _answer(request, project, by_method, captured)
        except Exception as error:  # noqa: BLE001 - the dialect's handler is total
            return errors.answer(error)

    return view


def _answer(
    request: HttpRequest,
    project: str,
    by_method: dict[str, type[MlflowEndpoint]],
    captured: dict[str, str],
) -> HttpResponseBase:
    identity, found = auth.admit(request, project, door=throttles.MLFLOW)
    kind = by_method.get(request.method or "")
    if kind is None:
        return errors.wrong_method(request.method, sorted(by_method))
    endpoint = kind()
    endpoint.identity, endpoint.request = identity, request
    endpoint.project = policy.judge(identity, kind.ability, found, feature=feature_of(kind.ability))
    if settings.ARTIFACTS_MODE == "artifacts-only" and not kind.serves_files:
        raise _only_artifacts(request)
    answer = endpoint.handle(endpoint.parse(), **parsing.from_address(captured))
    if isinstance(answer, HttpResponseBase):
        return answer
    return HttpResponse(json.encode(answer), content_type="application/json")


def _only_artifacts(request: HttpRequest) -> Refusal:
    """The stock server's words, but not its status: to 503 the client would wait and try again for minutes."""
    return Conflict(
        f"Endpoint: {request.path} disabled due to the mlflow server running in `--artifacts-only` mode. To enable "
        "tracking server functionality, run `mlflow server` without `--artifacts-only` (here: ARTIFACTS_MODE)",
        code="NOT_IMPLEMENTED",
        status=501,
    )


def feature_of(ability: Ability) -> Feature | None:
    """Files that are reached through here are those of runs and logged models, not packages of their own."""
    feature = policy.FEATURE_OF.get(ability)
    return Feature.EXPERIMENTS if feature == Feature.PACKAGES else feature


def not_offered(request: HttpRequest, project: str, address: str) -> HttpResponseBase:
    """The answer below an MLflow root to an address that is not on the list.

    The root itself is what MLflow's client prints as a run's address, with the run behind `#`. A browser keeps that
    part and takes it along to the page that knows what to do with it.
    """
    if not address and request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
        return redirect(f"{reverse('mlflow-link')}?{urlencode({'project': project})}")
    try:
        policy.authorize(auth.require(request, door=throttles.MLFLOW), Ability.READ_PROJECT, project)
    except Refusal as refusal:
        return errors.answer(refusal)
    return errors.response(404, "ENDPOINT_NOT_FOUND", f"No MLflow endpoint at '{address[:200]}'")


not_offered.csrf_exempt = True  # type: ignore[attr-defined]
