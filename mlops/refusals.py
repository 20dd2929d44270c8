"""The last answers: what fails before a door is reached, such as a bad Host header, in the dialect of the address."""

import re
import sys
from typing import Any

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.views import defaults

from api.mlflow import errors as mlflow
from api.rest import errors as rest
from lib.errors import InvalidInput

_API, _MLFLOW = re.compile(r"/api(?:/|\Z)"), re.compile(r"/api/v4/(?:projects/.+/ml/mlflow|signed)/")
# That is all a caller learns: which names are answered is for whoever runs the service to know.
NO_SUCH_HOST = "this service does not answer to the name in the Host header (see ALLOWED_HOSTS)"


def bad_request(request: HttpRequest, exception: Exception) -> Any:
    """Django's `handler400`."""
    error = InvalidInput(NO_SUCH_HOST) if isinstance(exception, DisallowedHost) else exception
    return _in_dialect(request, error) or defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> Any:
    """Django's `handler404`: an address that is on no list."""
    return rest.not_offered() if _API.match(request.path) else defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> Any:
    """Django's `handler500`."""
    error = sys.exc_info()[1]
    if not isinstance(error, Exception):
        error = RuntimeError("nothing is known of it")
    return _in_dialect(request, error) or defaults.server_error(request)


def _in_dialect(request: HttpRequest, error: Exception) -> HttpResponse | None:
    if _MLFLOW.match(request.path):
        return mlflow.answer(error)
    return rest.answer(error) if _API.match(request.path) else None
