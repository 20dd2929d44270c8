"""Every answer with an error, in MLflow's dialect: a status, and a body with `error_code` and `message`.

Codes: https://mlflow.org/docs/latest/rest-api.html and mlflow's `databricks.proto`.
"""

import logging
from uuid import uuid4

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpResponse
from msgspec import json

from lib.errors import AlreadyExists, Conflict, Forbidden, InvalidInput, NotFound, Refusal, Unauthenticated

logger = logging.getLogger(__name__)

ANSWERS: dict[type[Refusal], tuple[int, str]] = {
    InvalidInput: (400, "INVALID_PARAMETER_VALUE"),
    Unauthenticated: (401, "UNAUTHENTICATED"),
    Forbidden: (403, "PERMISSION_DENIED"),
    NotFound: (404, "RESOURCE_DOES_NOT_EXIST"),
    AlreadyExists: (400, "RESOURCE_ALREADY_EXISTS"),
    Conflict: (400, "INVALID_STATE"),
}

# Codes that a refusal may bring along and that MLflow's clients know.
KNOWN_CODES = {"INVALID_STATE", "BAD_REQUEST", "ENDPOINT_NOT_FOUND", "RESOURCE_EXHAUSTED"}


def answer(error: Exception) -> HttpResponse:
    """Total: whatever went wrong, the caller gets a status, a code and a sentence."""
    if isinstance(error, Refusal):
        return _refused(error)
    if isinstance(error, RequestDataTooBig):
        return response(413, "INVALID_PARAMETER_VALUE", "The request body is larger than this server accepts")
    if isinstance(error, DataError | SuspiciousOperation | BadRequest | UnicodeError | OverflowError):
        logger.info("refused: %s", error)
        return response(400, "INVALID_PARAMETER_VALUE", "A value is out of the range that can be stored")
    if isinstance(error, OperationalError | InterfaceError):
        logger.warning("database unavailable: %s", error)
        return retry_later()
    number = uuid4().hex
    logger.exception("request %s failed", number)
    return response(500, "INTERNAL_ERROR", f"Internal error. Tell your administrator this number: {number}")


def retry_later() -> HttpResponse:
    """MLflow's client waits and tries again, for any method."""
    busy = response(503, "TEMPORARILY_UNAVAILABLE", "The database is busy or restarting. Try again.")
    busy["Retry-After"] = "2"
    return busy


def _refused(error: Refusal) -> HttpResponse:
    status, code = ANSWERS[type(error)]
    code = error.code if error.code in KNOWN_CODES else code
    answered = response(error.status or status, code, error.message)
    if isinstance(error, Unauthenticated):
        answered["WWW-Authenticate"] = 'Bearer realm="Tenon"'
    return answered


def response(status: int, code: str, message: str) -> HttpResponse:
    body = json.encode({"error_code": code, "message": message.encode(errors="replace").decode()})
    return HttpResponse(body, content_type="application/json", status=status)
