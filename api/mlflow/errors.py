"""Every answer with an error, in MLflow's dialect: a status, and a body with `error_code` and `message`.

Codes: https://mlflow.org/docs/latest/rest-api.html and mlflow's `databricks.proto`.
"""

from django.http import HttpResponse
from msgspec import json

from lib import failures
from lib.errors import AlreadyExists, Conflict, Forbidden, InvalidInput, NotFound, Refusal, Unauthenticated

ANSWERS: dict[type[Refusal], tuple[int, str]] = {
    InvalidInput: (400, "INVALID_PARAMETER_VALUE"),
    Unauthenticated: (401, "UNAUTHENTICATED"),
    Forbidden: (403, "PERMISSION_DENIED"),
    NotFound: (404, "RESOURCE_DOES_NOT_EXIST"),
    AlreadyExists: (400, "RESOURCE_ALREADY_EXISTS"),
    Conflict: (400, "INVALID_STATE"),
}

FAILURE_CODES = {
    400: "INVALID_PARAMETER_VALUE",
    413: "INVALID_PARAMETER_VALUE",
    500: "INTERNAL_ERROR",
    503: "TEMPORARILY_UNAVAILABLE",
}

# Codes that a refusal may bring along and that MLflow's clients know.
KNOWN_CODES = {
    "INVALID_STATE",
    "BAD_REQUEST",
    "ENDPOINT_NOT_FOUND",
    "NOT_IMPLEMENTED",
    "QUOTA_EXCEEDED",
    "REQUEST_LIMIT_EXCEEDED",
    "RESOURCE_EXHAUSTED",
    "TEMPORARILY_UNAVAILABLE",
}


def answer(error: Exception) -> HttpResponse:
    """Total: whatever went wrong, the caller gets a status, a code and a sentence."""
    if isinstance(error, Refusal):
        return _refused(error)
    return _failed(failures.diagnose(error))


def _failed(failure: failures.Failure) -> HttpResponse:
    answered = response(failure.status, FAILURE_CODES[failure.status], failure.message)
    if failure.retry_after:
        answered["Retry-After"] = str(failure.retry_after)
    return answered


def _refused(error: Refusal) -> HttpResponse:
    status, code = ANSWERS[type(error)]
    code = error.code if error.code in KNOWN_CODES else code
    answered = response(error.status or status, code, error.message)
    if isinstance(error, Unauthenticated):
        answered["WWW-Authenticate"] = 'Bearer realm="Tenon"'
    return answered


def wrong_method(method: str | None, allowed: list[str]) -> HttpResponse:
    refused = response(405, "BAD_REQUEST", f"Method {method} is not allowed here; allowed: {', '.join(allowed)}")
    refused["Allow"] = ", ".join(allowed)
    return refused


def response(status: int, code: str, message: str) -> HttpResponse:
    body = json.encode({"error_code": code, "message": message.encode(errors="replace").decode()})
    return HttpResponse(body, content_type="application/json", status=status)
