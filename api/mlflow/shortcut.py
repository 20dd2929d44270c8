"""MLflow's calls, which are nearly all there are, go to their endpoint without passing what pages need.

The entrance (`mlops.asgi`) asks here first. No session, no message, no form's token and no static file is looked for,
and the address is found in a dictionary instead of by two hundred patterns. What is not in it goes the long way, which
is Django's; so do all calls of its test client, and they mean the same.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections
from django.http import HttpResponseBase

from accounts import caller
from api.mlflow import urls

PREFIX, ROOT = "/api/v4/projects/", "/ml/mlflow/"

View = Callable[..., HttpResponseBase]
VIEWS: dict[str, View] = dict(urls.plain())


def answer(environ: dict[str, Any]) -> HttpResponseBase | None:
    """The endpoint's answer; None when the request has to go the long way."""
    project, view = _found(environ["PATH_INFO"])
    if view is None:
        return None
    request = WSGIRequest(environ)
    try:
        request.get_host()
    except DisallowedHost:
        return None
    close_old_connections()
    try:
        with caller.calling(None):
            found = view(request, project=project)
    finally:
        close_old_connections()
    return _with_headers(found)


def _found(path: str) -> tuple[str, View | None]:
    """The project as it is addressed, and the endpoint."""
    if not path.startswith(PREFIX) or not path.isascii():
        return "", None
    project, _, address = path[len(PREFIX) :].partition(ROOT)
    if not project or project[0] == "/" or "//" in project:
        return "", None
    return project, VIEWS.get(address)


def _with_headers(found: HttpResponseBase) -> HttpResponseBase:
    """Those of Django's SecurityMiddleware that say something about JSON."""
    found.headers["X-Content-Type-Options"] = "nosniff"
    if settings.SECURE_HSTS_SECONDS:
        found.headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
    if not found.streaming:
        found.headers["Content-Length"] = str(len(found.content))  # type: ignore[attr-defined]
    return found
