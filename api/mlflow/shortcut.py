"""MLflow's calls, which are nearly all there are, go to their endpoint without passing what pages need.

The entrance (`mlops.asgi`) asks here first. No session, no message, no form's token and no static file is looked for,
and the address is found in a dictionary instead of by two hundred patterns. What is not in it goes the long way, which
is Django's; so do all calls of its test client, and they mean the same.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost, MiddlewareNotUsed
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponseBase
from django.utils.module_loading import import_string

from api.mlflow import urls

PREFIX, ROOT = "/api/v4/projects/", "/ml/mlflow/"

View = Callable[..., HttpResponseBase]


class Shortcut:
    """One a process, after Django is set up."""

    def __init__(self) -> None:
        self.views: dict[str, View] = dict(urls.plain())
        self.passed: Callable[[HttpRequest], HttpResponseBase] = _endpoints
        for name in reversed(settings.SHORTCUT_MIDDLEWARE):
            try:
                self.passed = import_string(name)(self.passed)
            except MiddlewareNotUsed:
                continue

    def answer(self, environ: dict[str, Any]) -> HttpResponseBase | None:
        """The endpoint's answer; None when the request has to go the long way."""
        project, view = self._found(environ["PATH_INFO"])
        if view is None:
            return None
        request = WSGIRequest(environ)
        try:
            request.get_host()
        except DisallowedHost:
            return None
        request.shortcut = view, project  # type: ignore[attr-defined]
        return _with_headers(self.passed(request))

    def _found(self, path: str) -> tuple[str, View | None]:
        """The project as it is addressed, and the endpoint."""
        if not path.startswith(PREFIX) or not path.isascii():
            return "", None
        project, _, address = path[len(PREFIX) :].partition(ROOT)
        if not project or project[0] == "/" or "//" in project:
            return "", None
        return project, self.views.get(address)


def _endpoints(request: HttpRequest) -> HttpResponseBase:
    view, project = request.shortcut  # type: ignore[attr-defined]
    answer: HttpResponseBase = view(request, project=project)
    return answer


def _with_headers(found: HttpResponseBase) -> HttpResponseBase:
    """Those of Django's SecurityMiddleware that say something about JSON."""
    found.headers["X-Content-Type-Options"] = "nosniff"
    if settings.SECURE_HSTS_SECONDS:
        found.headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
    if not found.streaming:
        found.headers["Content-Length"] = str(len(found.content))  # type: ignore[attr-defined]
    return found
