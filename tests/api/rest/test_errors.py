"""A refusal in GitLab's words says its own status."""

import json

import pytest

from api.rest import errors
from lib.errors import Conflict, InvalidInput, NotFound, Refusal


@pytest.mark.parametrize(
    ("refusal", "status", "message"),
    [
        (InvalidInput("no"), 400, "400 Bad request - no"),
        (InvalidInput("larger than 5 GiB", status=413), 413, "413 Request Entity Too Large - larger than 5 GiB"),
        (Conflict("full", code="QUOTA_EXCEEDED", status=413), 413, "413 Request Entity Too Large - full"),
        (Conflict("no room left", status=507), 507, "507 Insufficient Storage - no room left"),
        (Conflict("busy", status=503), 503, "503 Service Unavailable - busy"),
        (Conflict("no"), 409, "409 Conflict - no"),
        (NotFound("404 Project Not Found"), 404, "404 Project Not Found"),
    ],
)
def test_the_message_is_opened_by_the_status(refusal: Refusal, status: int, message: str) -> None:
    answer = errors.answer(refusal)
    assert answer.status_code == status
    assert json.loads(answer.content) == {"message": message}
