"""Every answer with an error, in GitLab's dialect: a status, and a body with `message` or `error`.

Shapes: https://docs.gitlab.com/api/rest/troubleshooting/
"""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from msgspec import json
from rest_framework.exceptions import APIException

from api import parsing
from lib import failures
from lib.errors import AlreadyExists, Conflict, Forbidden, InvalidInput, NotFound, Refusal, Unauthenticated

STATUSES: dict[type[Refusal], int] = {
    InvalidInput: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    AlreadyExists: 400,
    Conflict: 409,
}
REASONS = {
    400: "Bad request",
    411: "Length Required",
    413: "Request Entity Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
    507: "Insufficient Storage",
}


def answer(error: Exception) -> HttpResponse:
    """Total: whatever went wrong, the caller gets a status and a sentence."""
    if isinstance(error, Refusal):
        return _refused(error)
    if isinstance(error, APIException):
        return response(error.status_code, {"error": f"{error.status_code} {error.detail}"})
    failure = failures.diagnose(error)
    failed = response(failure.status, {"message": f"{failure.status} {REASONS[failure.status]} - {failure.message}"})
    if failure.retry_after:
        failed["Retry-After"] = str(failure.retry_after)
    return failed


def response(status: int, body: dict[str, Any]) -> HttpResponse:
    return HttpResponse(json.encode(_plain(body)), content_type="application/json", status=status)


def not_offered() -> HttpResponse:
    """The answer to an address that is not on the list."""
    return response(404, {"error": "404 Not Found"})


def wrong_method() -> HttpResponse:
    return response(405, {"error": "405 Not Allowed"})


def moved_for_reading_alone(kind: str) -> HttpResponse:
    """`kind` in the plural."""
    return response(405, {"message": f"Non GET methods are not allowed for moved {kind}"})


def _refused(error: Refusal) -> HttpResponse:
    if error.status == HTTPStatus.TOO_MANY_REQUESTS:
        return HttpResponse("Retry later\n", content_type="text/plain", status=429)
    refused = response(error.status or STATUSES[type(error)], _body(error))
    if isinstance(error, Unauthenticated):
        refused["WWW-Authenticate"] = 'Bearer realm="Tenon"'
    return refused


def _body(error: Refusal) -> dict[str, Any]:
    if isinstance(error, InvalidInput | AlreadyExists):
        return _invalid(error)
    if isinstance(error, Unauthenticated) and error.code:
        return {"error": error.code, "error_description": error.message}
    if error.code == "insufficient_scope":
        described = "The request requires higher privileges than provided by the access token."
        return {"error": error.code, "error_description": described, "scope": error.field}
    return {"message": _opened_by_its_status(error)}


def _invalid(error: Refusal) -> dict[str, Any]:
    """A parameter that cannot be read is an `error`; one that can, but breaks a rule, a `message` by field."""
    if error.code == parsing.MISSING:
        return {"error": f"{error.field} is missing"}
    if error.code == parsing.ILL_TYPED:
        return {"error": f"{error.field} is invalid"}
    if error.field:
        return {"message": {error.field: [error.message.removeprefix(f"{error.field} ")]}}
    return {"message": _opened_by_its_status(error)}


def _opened_by_its_status(error: Refusal) -> str:
    status = error.status or STATUSES[type(error)]
    opening = f"{status} {REASONS.get(status) or HTTPStatus(status).phrase}"
    return error.message if error.message.startswith(opening[:4]) else f"{opening} - {error.message}"


def _plain(body: Any) -> Any:
    """Without halves of surrogate pairs, which no JSON can carry."""
    if isinstance(body, dict):
        return {key: _plain(value) for key, value in body.items()}
    if isinstance(body, list):
        return [_plain(value) for value in body]
    return body.encode(errors="replace").decode() if isinstance(body, str) else body
